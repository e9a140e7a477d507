import { h, s } from "./dom.js";

// Curves of probabilities over shares from 0 to 1.
export function curves(title, across, lines) {
  const [width, height, left, bottom, top, right] = [440, 210, 48, 34, 10, 14];
  const x = (share) => left + share * (width - left - right);
  const y = (value) => height - bottom - value * (height - bottom - top);
  const picture = s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title },
    [0, 0.5, 1].map((value) => [
      s("line", { class: "grid-line", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
      s("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, `${value * 100} %`),
    ]),
    [0, 0.3, 0.6, 0.9].map((share) => s("text", { x: x(share), y: height - 18, "text-anchor": "middle" }, `${Math.round(share * 100)} %`)),
    s("text", { x: (left + width - right) / 2, y: height - 3, "text-anchor": "middle" }, across),
    lines.map((line, i) => s("path", {
      class: `curve c${i}`, "stroke-dasharray": i === 2 ? "5 4" : null,
      d: line.values.map((value, k) => `${k ? "L" : "M"}${x(line.at[k]).toFixed(1)} ${y(value).toFixed(1)}`).join(""),
    })));
  return h("figure", { class: "chart" }, picture,
    h("ul", { class: "keys" }, lines.map((line, i) => h("li", {}, h("span", { class: `c${i}` }, h("span", { class: "dot" })), h("span", {}, line.name)))));
}
