// What there is to say of a map beside its colours.
import { h } from "./dom.js";

export function remarks(map) {
  if (!map) return [];
  const { sanity } = map;
  return [
    map.degenerate && `This map says nothing: ${map.degenerate}.`,
    map.note && `Of ${map.method}: ${map.note}.`,
    map.mode && map.mode !== "exact" && `Form: ${map.mode}.`,
    sanity?.hardly_depends && "It hardly depends on what was learned.",
  ].filter(Boolean).map((words) => h("p", { class: "note warning" }, words)).concat(figures(map));
}

// What the method reports of itself.
function figures(map) {
  const { sanity } = map, all = Object.entries(map.diagnostics ?? {}).filter(([, value]) => value !== null);
  return [
    sanity && `Shuffled weights keep ${sanity.similarity.toFixed(2)} of it; chance leaves ${sanity.chance.toFixed(2)}.`,
    all.length > 0 && `${map.method}: ${all.map(([name, value]) => `${name.replaceAll("_", " ")} ${Number(value.toPrecision(3))}`).join(", ")}.`,
  ].filter(Boolean).map((words) => h("p", { class: "note" }, words));
}
