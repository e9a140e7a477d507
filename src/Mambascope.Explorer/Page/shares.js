// Of a hybrid: through which parts of its layers the score goes, as bars by layer; below the line what speaks against it.
import { h, s } from "./dom.js";

export function shares(layers, score) {
  const kinds = [...new Set(layers.flatMap((layer) => Object.keys(layer)))].filter((key) => key !== "layer");
  const values = layers.flatMap((layer) => kinds.map((kind) => layer[kind] ?? 0));
  const [width, height, left, bottom, top] = [440, 174, 48, 32, 8];
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const y = (value) => top + ((high - value) / (high - low || 1)) * (height - bottom - top);
  const room = (width - left) / layers.length, bar = Math.min(26, (0.8 * room) / kinds.length);
  const every = Math.ceil(layers.length / 16);
  return h("figure", { class: "chart" },
    s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Relevance of what each part of the layers added; the score is ${score.toPrecision(4)}` },
      [low, high].filter((value, i) => i === 0 ? value < 0 : value > 0).map((value) => s("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, value.toPrecision(2))),
      s("line", { class: "grid-line", x1: left, x2: width, y1: y(0), y2: y(0) }),
      layers.map((layer, i) => [
        kinds.map((kind, k) => layer[kind] && s("rect", {
          class: `share c${k}`, x: (left + (i + 0.5) * room + (k - kinds.length / 2) * bar).toFixed(1), width: (bar - 1).toFixed(1),
          y: Math.min(y(0), y(layer[kind])).toFixed(1), height: Math.max(0.5, Math.abs(y(layer[kind]) - y(0))).toFixed(1),
        }, s("title", {}, `layer ${layer.layer}, ${kind}: ${layer[kind].toPrecision(3)}`))),
        i % every === 0 && s("text", { x: left + (i + 0.5) * room, y: height - 17, "text-anchor": "middle" }, String(layer.layer)),
      ]),
      s("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, "layer")),
    h("ul", { class: "keys" }, kinds.map((kind, k) => h("li", {}, h("span", { class: `c${k}` }, h("span", { class: "dot" })), h("span", {}, kind)))));
}
