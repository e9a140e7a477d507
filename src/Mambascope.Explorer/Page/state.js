// What is looked at is in the address: a link shows the same view. Only what differs from the standard is written.
const standard = {
  view: "pictures", p: "two-items", m: "", m2: "", t: "", tool: "why", method: "", methods: "", op: "0.85", thr: "", frame: "model",
  layer: "", dir: "both", part: "s6", unit: "", how: "takes", pin: "", out: "", fill: "mean",
  text: "To be, or not to b", ids: "", tm: "", tm2: "", pos: "", next: "", against: "", tmethod: "", tlayer: "", blocks: "", panel: "arcs",
  edges: "8", which: "here", cut: "", all: "", taps: "",
  s: "", sm: "", sm2: "", st: "", smethods: "", slayer: "", sdir: "both", spart: "s6", spin: "",
};
const builtIn = { ...standard };
export const state = { ...standard };
const listeners = new Set();

// What a view begins with where the address says nothing.
export function begin(view) {
  Object.assign(standard, view);
}

export function readAddress() {
  const search = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(standard)) state[key] = search.get(key) ?? standard[key];
}

const differing = (from, without = []) => new URLSearchParams(Object.entries(state).filter(([key, value]) => value !== from[key] && !without.includes(key))).toString();

export function hash() {
  const text = differing(standard);
  return text ? `#${text}` : "";
}

// The view as another page has it, but for what it has from elsewhere.
export const viewOf = (without) => differing(builtIn, without);

// Changes the view. A step is a place to go back to; other changes (a slider) replace the present one.
export function set(changes, isStep = true) {
  const before = hash();
  for (const [key, value] of Object.entries(changes)) state[key] = value === null || value === undefined ? standard[key] : String(value);
  const after = hash();
  if (before === after) return;
  history[isStep ? "pushState" : "replaceState"](null, "", after || location.href.split("#")[0]);
  for (const listener of listeners) listener(changes);
}

export const onChange = (listener) => listeners.add(listener);
export const numbers = (list) => (list ? list.split(",").map(Number) : []);
