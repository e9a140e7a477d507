// Elements without a library: h("button", { class: "x", onclick }, "text", child).
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value); // by script: no style attribute, as the policy asks
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Replaces what is in an element, and keeps the focus where it was if the new content has an element of the same key.
export function render(parent, ...children) {
  const key = parent.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : null;
  parent.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  if (key) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// The layer that is shown: the one that was chosen, else the nearest to a place that mixes tokens.
export const layerOf = (model, chosen, standard) => (chosen !== "" ? Math.min(+chosen, model.layers - 1)
  : model.mixing.reduce((best, layer) => (Math.abs(layer - standard) < Math.abs(best - standard) ? layer : best)));

export function say(text) {
  document.getElementById("said").textContent = text;
}

export function toast(text) {
  document.querySelector(".toast")?.remove();
  const note = h("div", { class: "toast", role: "status" }, text);
  document.body.append(note);
  setTimeout(() => note.remove(), 3200);
}

// What a button does; where there is a reason why it cannot, it says that.
export const press = (act, why = null) => (why ? { "aria-disabled": "true", title: why, onclick: () => toast(why) } : { onclick: act });

// One of a few: buttons of which one is pressed.
export function segments(label, choices, chosen, choose) {
  return h("div", { class: "segments", role: "group", "aria-label": label },
    choices.map(([value, words, title, why]) => h("button", {
      type: "button", "aria-pressed": String(value === chosen), "data-key": `${label}-${value}`, title, ...press(() => choose(value), why),
    }, words)));
}

export function slider(label, value, least, most, step, show, change) {
  const out = h("output", {}, show(value));
  return h("label", { class: "field" }, label, h("input", {
    type: "range", min: least, max: most, step, value, "data-key": label,
    oninput: (event) => { out.textContent = show(+event.target.value); change(+event.target.value); },
  }), out);
}

export function choice(label, choices, chosen, choose) {
  return h("label", { class: "field" }, label, h("select", { "data-key": label, onchange: (event) => choose(event.target.value) },
    choices.map(([value, words, disabled = false]) => h("option", { value, selected: value === chosen, disabled }, words))));
}
