// What is looked at is in the address: a link shows the same view. Only what differs from the standard is written.
const standard = {
  view: "pictures", p: "two-items", m: "", m2: "", t: "", tool: "why", method: "", methods: "", op: "0.85", thr: "", frame: "model",
  layer: "", dir: "both", part: "s6", unit: "", how: "takes", pin: "", out: "", fill: "mean",
  text: "To be, or not to b", ids: "", tm: "", tm2: "", pos: "", next: "", against: "", tmethod: "", tlayer: "", blocks: "", panel: "arcs",
  edges: "8", which: "here", cut: "", all: "", taps: "",
  s: "", sm: "", sm2: "", st: "", smethods: "", slayer: "", sdir: "both", spart: "s6", spin: "",
};
export const state = { ...standard };
const listeners = new Set();

export function readAddress() {
  const search = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(standard)) state[key] = search.get(key) ?? standard[key];
}

export function hash() {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) if (value !== standard[key]) search.set(key, value);
  const text = search.toString();
  return text ? `#${text}` : "";
}

// Changes the view. A step is a place to go back to; other changes (a slider) replace the present one.
export function set(changes, isStep = true) {
  const before = hash();
  for (const [key, value] of Object.entries(changes)) state[key] = value === null || value === undefined ? standard[key] : String(value);
  const after = hash();
  if (before === after) return;
  history[isStep ? "pushState" : "replaceState"](null, "", after || location.pathname);
  for (const listener of listeners) listener(changes);
}

export const onChange = (listener) => listeners.add(listener);
export const numbers = (list) => (list ? list.split(",").map(Number) : []);
