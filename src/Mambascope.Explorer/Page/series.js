// The series view: which case, which models, and a stage for each.
import { h, render } from "./dom.js";
import { SeriesStage } from "./seriesstage.js";
import { stageHeads } from "./stagehead.js";
import { set, state } from "./state.js";

export class SeriesView {
  constructor(contents) {
    this.contents = contents;
    this.models = contents.models.filter((model) => model.reads === "series");
    this.list = h("ul", { class: "cases", "aria-label": "Cases" });
    this.stageBox = h("div", { class: "stages" });
    this.element = h("div", { class: "columns" },
      h("aside", { class: "card side stack", "aria-label": "Series" }, h("h2", {}, "Series"),
        contents.series.length ? this.list : h("p", { class: "note" }, "None were named. Start the explorer with --series FILE.")),
      this.stageBox);
  }

  get entry() {
    return this.contents.series.find((entry) => entry.series === state.s) ?? this.contents.series[0];
  }

  show() {
    const able = this.models.filter((model) => this.entry?.models.includes(model.name));
    const first = able.find((model) => model.name === state.sm) ?? able[0];
    const second = able.find((model) => model.name === state.sm2 && model !== first);
    const wanted = [first, second].filter(Boolean);
    this.drawList();
    if (!this.stages || this.stages.length !== wanted.length || this.stages.some((stage, i) => stage.model !== wanted[i])) {
      this.stages = wanted.map((model, i) => new SeriesStage(model, i ? "second" : "first", () => this.entry));
      render(this.stageBox, this.stages.map((stage) => stage.element));
      this.heads(able);
      return Promise.all(this.stages.map((stage) => stage.load()));
    }
    this.heads(able);
    return null;
  }

  async change(changed) {
    if ("s" in changed || "sm" in changed || "sm2" in changed) await this.show();
    if ("sm" in changed || "sm2" in changed) return;
    await Promise.all(this.stages.map((stage) => stage.load(changed)));
  }

  drawList() {
    render(this.list, this.contents.series.map((entry) => h("li", {}, h("button", {
      type: "button", "aria-pressed": String(entry === this.entry), "data-key": `case-${entry.series}`,
      onclick: () => set({ s: entry.series, st: "", spin: "" }),
    }, h("span", {}, entry.name), h("span", { class: "note" }, entry.label ?? "")))));
  }

  heads(able) {
    stageHeads(this.stages, able, ["sm", "sm2"], (stage) => stage.parts.head);
  }
}
