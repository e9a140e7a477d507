// This very view as a link, a command line, C#, a picture or numbers.
import { h, toast } from "./dom.js";
import { shareOf } from "./sharing.js";

function download(name, blob) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied: ${text.length > 140 ? `${text.slice(0, 140)} …` : text}`);
  } catch {
    toast(text);
  }
}

export function menu(view) {
  const share = () => shareOf(view());
  const items = [
    ["Copy link", () => copy(location.href, "Link")],
    ["Copy as command line", () => copy(share().commandLine(), "Command line")],
    ["Copy as C#", () => copy(share().csharp(), "C#")],
    ["Save picture (PNG)", async () => download(`${share().name}.png`, await share().png())],
    ["Save picture (SVG)", () => download(`${share().name}.svg`, new Blob([share().svg()], { type: "image/svg+xml" }))],
    ["Save numbers (JSON)", () => download(`${share().name}.json`, new Blob([JSON.stringify(share().numbers(), null, 1)], { type: "application/json" }))],
  ];
  const list = h("div", { class: "menu-list", role: "menu", "aria-label": "Share", hidden: true }, items.map(([words, act]) => h("button", {
    type: "button", role: "menuitem", onclick: async () => { close(); try { await act(); } catch (error) { toast(error.message); } },
  }, words)));
  const button = h("button", { class: "button", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => (list.hidden ? open() : close()) }, "Share");
  function open() {
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    list.firstElementChild.focus();
  }
  function close() {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }
  const element = h("div", { class: "menu", onkeydown: (event) => {
    const all = [...list.children], at = all.indexOf(document.activeElement);
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" && at >= 0) all[(at + 1) % all.length].focus();
    else if (event.key === "ArrowUp" && at >= 0) all[(at + all.length - 1) % all.length].focus();
    else return;
    event.preventDefault();
  } }, button, list);
  addEventListener("click", (event) => { if (!element.contains(event.target) && !list.hidden) { list.hidden = true; button.setAttribute("aria-expanded", "false"); } });
  return element;
}
