import { h, press } from "./dom.js";

export const percent = (share) => `${(100 * share).toFixed(share > 0.0995 ? 0 : 1)} %`;
export const shown = (text) => text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "·");

// Answers with their probabilities; each may be a button.
export function answers(list, chosen, choose, label, why = null) {
  return h("ul", { class: "bars", "aria-label": label },
    list.map((answer) => h("li", {}, h("button", {
      type: "button", "aria-pressed": String(answer.index === chosen), "data-key": `${label}-${answer.index}`,
      ...press(() => choose(answer), answer.index === chosen ? null : why),
    }, h("span", { class: "fill", "--share": answer.probability }), h("span", {}, answer.label),
    h("span", { class: "value" }, percent(answer.probability))))));
}

// What was, and what is without something.
export function change(before, after, label, most = 8) {
  const exact = (share) => `${(100 * share).toFixed(1)} %`;
  const pairs = before.map((answer, i) => [answer, after[i]])
    .sort((a, b) => Math.max(b[0].probability, b[1].probability) - Math.max(a[0].probability, a[1].probability)).slice(0, most);
  return h("ul", { class: "bars", "aria-label": label }, pairs.map(([was, is]) => {
    const moved = is.probability - was.probability;
    return h("li", { class: "bar-row" }, h("span", { class: "fill", "--share": is.probability }), h("span", {}, was.label),
      h("span", { class: "value" }, `${exact(was.probability)} → `, h("b", {}, exact(is.probability)), " ",
        h("span", { class: moved < 0 ? "down" : "up" }, Math.abs(moved) < 0.0005 ? "" : moved < 0 ? "▼" : "▲")));
  }));
}
