// Of a page that was saved: what it holds, what it does not, and how to open the live page on this very view.
import * as api from "./api.js";
import { h, render, toast } from "./dom.js";
import { onChange, viewOf } from "./state.js";
import { shell } from "./words.js";

export function held() {
  const { contents, command, leftOut, size } = api.file, model = contents.models[0];
  const code = h("code", {}), more = {
    pictures: "Another answer, method or picture, knocking patches out and a second model need the model itself",
    text: "Another token, method or text, cutting edges, going on and a second model need the model itself",
    series: "Another answer, method or series and a second model need the model itself",
  }[model.reads];
  const draw = () => render(code, live());
  onChange(draw);
  draw();
  return h("section", { class: "card held stack", "aria-label": "What this file holds" },
    h("p", {}, h("b", {}, "Saved page. "), `It holds what ${model.name} made of this input, in ${size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`}: ${count(model.methods.length, "method")}, and attention of the layers in 16 bits. ${more}:`),
    h("div", { class: "row" }, code, h("button", {
      class: "button small", type: "button", onclick: async () => {
        try { await navigator.clipboard.writeText(live()); toast("Command line copied"); } catch { toast(live()); }
      },
    }, "Copy")),
    command.length <= 2 && model.reads === "pictures" && h("p", { class: "note" }, "The input came as numbers or from a stream, so the live page opens without it."),
    leftOut.length > 0 && h("p", { class: "note warning" }, `Left out, so that the file stays small: ${leftOut.join("; ")}.`));

  function live() {
    const view = viewOf(["p", "m", "s", "sm", "tm"]); // the command names these itself
    return ["mambascope", ...command.map(shell), ...(view ? ["--view", shell(view)] : [])].join(" ");
  }
}

const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;
