// The text view: which text, which models, how it goes on, and a stage for each model.
import * as api from "./api.js";
import { shown } from "./bars.js";
import { h, render, slider, toast } from "./dom.js";
import { stageHeads } from "./stagehead.js";
import { set, state } from "./state.js";
import { TextStage } from "./textstage.js";

export class TextView {
  constructor(contents) {
    this.contents = contents;
    this.models = contents.models.filter((model) => model.reads === "text");
    this.steps = [];
    this.temperature = 0;
    this.area = h("textarea", { id: "text", spellcheck: "false", "aria-label": "Text", readonly: api.file !== null, oninput: () => this.write() });
    this.stepBox = h("div", { class: "stack" });
    this.stageBox = h("div", { class: "stages" });
    this.element = h("div", { class: "columns" },
      h("aside", { class: "card side stack", "aria-label": "Text" }, h("h2", {}, "Text"), this.area,
        !api.file && h("ul", { class: "chips", "aria-label": "Sample texts" }, contents.texts.map((text) => h("li", {}, h("button", {
          class: "chip", type: "button", title: text, onclick: () => { this.steps = []; set({ text, ids: "", pos: "", next: "", against: "", cut: "" }); },
        }, shown(text).replaceAll("·", " ").slice(0, 26))))),
        !api.file && this.stepBox),
      this.stageBox);
  }

  // A text that is being written is read when the writer pauses.
  write() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.steps = [];
      if (this.area.value) set({ text: this.area.value, ids: "", pos: "", next: "", against: "", cut: "" }, false);
    }, 350);
  }

  show() {
    if (this.area.value !== state.text) this.area.value = state.text;
    const first = this.models.find((model) => model.name === state.tm) ?? this.models[0];
    const second = this.models.find((model) => model.name === state.tm2);
    const wanted = [first, second].filter(Boolean);
    if (!this.stages || this.stages.length !== wanted.length || this.stages.some((stage, i) => stage.model !== wanted[i])) {
      this.stages = wanted.map((model, i) => new TextStage(model, i ? "second" : "first"));
      for (const stage of this.stages) stage.onStep = (token) => this.remember(token);
      render(this.stageBox, this.stages.map((stage) => stage.element));
      this.heads();
      this.drawSteps();
      return Promise.all(this.stages.map((stage) => stage.load()));
    }
    this.heads();
    return null;
  }

  change(changed) {
    if ("text" in changed && document.activeElement !== this.area) this.area.value = state.text;
    if ("tm" in changed || "tm2" in changed) return this.show();
    this.drawSteps();
    return Promise.all(this.stages.map((stage) => (
      Object.keys(changed).some((key) => !["edges", "which", "panel", "all"].includes(key)) ? stage.load(changed) : stage.drawEdges())));
  }

  remember(token) {
    if (this.steps.length === 0) this.steps.push({ text: state.text, ids: state.ids, label: "start" });
    this.steps.push({ label: token });
  }

  async generate(count) {
    const stage = this.stages[0];
    try {
      const body = { ...stage.body({}), count: 1, temperature: this.temperature };
      delete body.position;
      for (let i = 0; i < count; i++) {
        const went = await api.postJson("generate", stage.at("continuation"), { ...body, seed: this.steps.length + i });
        const isPlain = /^[\x20-\x7e\n]*$/.test(went.text);
        this.remember(went.added[0].text);
        Object.assign(this.steps.at(-1), { text: went.text, ids: isPlain ? "" : went.ids.join(",") });
        Object.assign(body, { text: undefined, ids: went.ids });
        set({ text: went.text, ids: isPlain ? "" : went.ids.join(","), pos: "", next: "", against: "", cut: "" });
      }
    } catch (error) {
      if (!api.isStopped(error)) toast(error.message);
    }
  }

  drawSteps() {
    const here = this.steps.findLastIndex((step) => step.text === state.text);
    // A token that was chosen by hand learns its text when the page has it.
    if (this.steps.length && this.steps.at(-1).text === undefined) Object.assign(this.steps.at(-1), { text: state.text, ids: state.ids });
    render(this.stepBox,
      h("h2", {}, "Let it go on"),
      h("div", { class: "row" },
        h("button", { class: "button", type: "button", "data-key": "one", onclick: () => this.generate(1) }, "Next token"),
        h("button", { class: "button", type: "button", "data-key": "ten", onclick: () => this.generate(10) }, "Ten tokens")),
      slider("Temperature", this.temperature, 0, 1.5, 0.1, (value) => value.toFixed(1), (value) => { this.temperature = value; }),
      this.steps.length > 0 && [
        h("p", { class: "note" }, "Steps; click one to go back to it:"),
        h("ol", { class: "chips" }, this.steps.map((step, i) => h("li", {}, h("button", {
          class: "chip mono", type: "button", "aria-current": i === (here < 0 ? this.steps.length - 1 : here) ? "step" : null, "data-key": `step-${i}`,
          onclick: () => set({ text: step.text, ids: step.ids ?? "", pos: "", next: "", against: "", cut: "" }),
        }, step.label === "start" ? "start" : shown(step.label))))),
      ]);
  }

  heads() {
    stageHeads(this.stages, this.models, ["tm", "tm2"], (stage) => stage.parts.head);
  }
}
