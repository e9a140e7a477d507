// The strongest edges of a matrix as arcs over the text; a click cuts one.
import { shown } from "./bars.js";
import { h, s, toast } from "./dom.js";

export function strongest(values, length, count, row = null) {
  const edges = [];
  for (let i = row ?? 0; i <= (row ?? length - 1); i++) for (let j = 0; j < i; j++) edges.push({ source: j, output: i, value: values[i * length + j] });
  return edges.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, count);
}

export function arcs({ labels, edges, cuts, here, toggle, choose, why = null }) {
  const act = (edge) => (why ? toast(why) : toggle(edge));
  const widths = labels.map((label) => Math.max(1, [...shown(label)].length) * 8.2 + 8);
  const centres = [];
  let width = 20;
  for (const w of widths) { centres.push(width + w / 2); width += w; }
  width += 20;
  const all = [...edges, ...cuts.filter((cut) => !edges.some((edge) => edge.source === cut.source && edge.output === cut.output))];
  const largest = Math.max(...all.map((edge) => Math.abs(edge.value ?? 0)), 1e-30);
  const height = 30 + Math.min(190, Math.max(40, ...all.map((edge) => (centres[edge.output] - centres[edge.source]) / 2.2)));
  const base = height - 28;
  const picture = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Strongest edges" },
    all.map((edge) => {
      const isCut = cuts.some((cut) => cut.source === edge.source && cut.output === edge.output);
      const [from, to] = [centres[edge.source], centres[edge.output]];
      const rise = Math.min(base - 6, (to - from) / 2.2);
      const share = Math.abs(edge.value ?? 0) / largest;
      const words = `${shown(labels[edge.output])} takes ${(edge.value ?? 0).toPrecision(3)} from ${shown(labels[edge.source])}${isCut ? ", cut" : ""}`;
      return s("path", {
        d: `M${from} ${base} C${from} ${base - rise * 1.33} ${to} ${base - rise * 1.33} ${to} ${base}`, tabindex: 0, role: "button",
        class: isCut ? "cut" : edge.value < 0 ? "against" : "for", "stroke-width": (1.5 + 5 * share).toFixed(2), "stroke-opacity": (0.35 + 0.6 * share).toFixed(2),
        "aria-pressed": String(isCut), "aria-label": words, "data-key": `arc-${edge.source}-${edge.output}`, "data-source": edge.source, "data-output": edge.output,
        "aria-disabled": why ? "true" : null, onclick: () => act(edge), onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(edge); } },
      }, s("title", {}, why ? words : `${words}; click to ${isCut ? "mend" : "cut"} it`));
    }),
    labels.map((label, i) => s("text", { x: centres[i], y: height - 10, class: i === here ? "here" : null, onclick: () => choose(i) }, shown(label))));
  return h("div", { class: "arcs", tabindex: 0, role: "region", "aria-label": "Edges over the text" }, picture);
}
