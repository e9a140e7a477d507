import * as api from "./api.js";
import { h, render, toast } from "./dom.js";
import { held } from "./held.js";
import { PictureView } from "./pictures.js";
import { SeriesView } from "./series.js";
import { menu } from "./share.js";
import { begin, onChange, readAddress, set, state } from "./state.js";
import { TextView } from "./text.js";
import { Tour } from "./tour.js";

const main = document.getElementById("main");
const views = {};
let contents;

function tabs() {
  const all = [["pictures", "Pictures"], ["text", "Text"], ["series", "Series"]].filter(([view]) => contents.models.some((model) => model.reads === view));
  render(document.getElementById("tabs"), all.map(([view, words]) => h("button", {
    type: "button", "aria-current": state.view === view ? "page" : null, "data-key": `tab-${view}`, onclick: () => set({ view }),
  }, words)));
}

function open() {
  if (!contents.models.some((model) => model.reads === state.view)) state.view = contents.models[0].reads;
  views[state.view] ??= new { pictures: PictureView, text: TextView, series: SeriesView }[state.view](contents);
  if (main.firstElementChild !== views[state.view].element) render(main, views[state.view].element);
  tabs();
  return views[state.view].show();
}

function theme() {
  const root = document.documentElement;
  const next = { "": "dark", dark: "light", light: "" };
  root.dataset.theme = kept("theme") ?? "";
  const words = () => ({ "": "Theme: system", dark: "Theme: dark", light: "Theme: light" })[root.dataset.theme];
  const button = h("button", { class: "button", type: "button", onclick: () => {
    root.dataset.theme = next[root.dataset.theme];
    kept("theme", root.dataset.theme);
    button.textContent = words();
  } }, words());
  return button;
}

// A browser may keep nothing for a page from a disk.
function kept(name, value) {
  try {
    return value === undefined ? localStorage.getItem(name) : localStorage.setItem(name, value);
  } catch {
    return null;
  }
}

async function start() {
  contents = await api.contents();
  begin(api.file?.state ?? { p: contents.pictures[0] });
  readAddress();
  if (api.file) main.before(h("div", { class: "above" }, held()));
  const tour = new Tour(document.getElementById("tour"));
  render(document.getElementById("actions"),
    !api.file && h("button", { class: "button primary", type: "button", id: "tour-button", onclick: () => tour.open() }, "Tour"),
    menu(() => views[state.view]), theme());
  onChange((changed) => {
    tour.check();
    return "view" in changed ? open() : views[state.view].change(changed);
  });
  addEventListener("popstate", () => { readAddress(); views.pictures = views.text = views.series = undefined; open(); });
  await open();
  document.documentElement.dataset.ready = "true";
}

start().catch((error) => {
  render(main, h("p", { class: "loading error", role: "alert" }, `The explorer could not start: ${error.message}`));
  toast(error.message);
});
