// Seven steps through what there is to see; each has something to do, and sees when it was done.
import { CountInRow } from "./countinrow.js";
import { h, render } from "./dom.js";
import { set, state } from "./state.js";

const fresh = { view: "pictures", p: "two-items", t: "", tool: "why", thr: "", pin: "", out: "", layer: "", dir: "both", unit: "", how: "takes" };
const steps = [
  {
    title: "Which garment decided?", go: fresh,
    words: "A trouser and a sandal are in this picture, and the model says Sandal. The red patches spoke for that answer. A map is always about one answer: ask about another one and it moves.",
    task: "Click the answer “Trouser”.", done: () => state.t === "1", light: "[aria-label='Answers']",
  },
  {
    title: "A scan that counts", go: { ...fresh },
    words: "A scan has no attention, but what it computes is equal to one: its output is a weighted sum of the tokens so far. This channel, made by hand, counts ones in a row: a zero resets its state. Its hidden attention is all ones along the run, and nothing before it. No single softmax head can do that.",
    task: "Click tokens until four ones stand in a row, and read the row of the last.", demo: (changed) => new CountInRow(changed),
    done: (demo) => demo.longest >= 4, light: ".tour .count",
  },
  {
    title: "Hidden attention", go: { ...fresh, tool: "look" },
    words: "The same in a real model: every token takes a weighted sum of the tokens before it (→) or after it (←). These weights are hidden attention; they are computed exactly, and the page checks that they give the run back.",
    task: "Click a patch on the picture to pin it and see what it takes.", done: () => state.tool === "look" && state.pin !== "", light: ".picture canvas",
  },
  {
    title: "Which layer first found it?", go: { ...fresh, tool: "look" },
    words: "The strip shows what the class token takes in every layer, by the scan forwards and backwards. Early layers look all over; at some layer the sandal lights up.",
    task: "Click a thumbnail in the strip.", done: () => state.layer !== "", light: ".strip",
  },
  {
    title: "Does the answer survive without it?", go: { ...fresh, tool: "without" },
    words: "A map is a claim. The test is to take the patches away and ask again: if the claim is right, the answer goes. The curve in “Why” does the same for the whole picture, with random patches beside it.",
    task: "Knock some patches out and watch the answers.", done: () => state.out !== "", light: "[data-stage='first'] .segments",
  },
  {
    title: "What differs from the transformer?", go: { ...fresh, tool: "look", m2: "" },
    words: "demo-deit is a transformer that was trained on the same pictures. Its attention is softmax attention: never negative, and from the first layer on over the whole picture.",
    task: "Set another model beside this one.", done: () => state.m2 !== "", light: "[data-key='beside']",
  },
  {
    title: "Which letter made it say e?", go: { view: "text", text: "To be, or not to b", ids: "", pos: "", next: "", against: "", cut: "", panel: "arcs", which: "here", m2: "" },
    words: "The same for text: red letters made the Mamba expect “e”. The arcs are what the last letter takes from those before it in one layer. Cutting an arc is an experiment: the model runs again without it.",
    task: "Click an arc to cut it, and see what comes next without it.", done: () => state.view === "text" && state.cut !== "", light: ".arcs",
  },
];

export class Tour {
  constructor(box) {
    [this.box, this.step] = [box, null];
  }

  open() {
    this.go(0);
  }

  go(step) {
    this.step = step;
    this.solved = false;
    this.demo = steps[step].demo?.(() => this.check());
    set(steps[step].go);
    this.draw();
    this.box.querySelector("h2")?.focus();
  }

  close() {
    this.step = null;
    document.querySelector(".lit")?.classList.remove("lit");
    render(this.box);
    document.getElementById("tour-button").focus();
  }

  // After every change of the view: was the task done?
  check() {
    if (this.step === null || this.solved || !steps[this.step].done(this.demo)) return;
    this.solved = true;
    this.draw();
  }

  draw() {
    const step = steps[this.step], last = this.step === steps.length - 1;
    document.querySelector(".lit")?.classList.remove("lit");
    if (!this.solved) setTimeout(() => document.querySelector(step.light)?.classList.add("lit"), 400);
    render(this.box, h("section", { class: "card tour", "aria-label": "Tour", onkeydown: (event) => { if (event.key === "Escape") this.close(); } },
      h("ol", { "aria-label": `step ${this.step + 1} of ${steps.length}` }, steps.map((_, i) => h("li", { class: i <= this.step ? "done" : null }))),
      h("h2", { tabindex: -1 }, `${this.step + 1}. ${step.title}`), h("p", {}, step.words), this.demo?.element,
      h("p", { class: `task${this.solved ? " solved" : ""}`, role: "status" }, this.solved ? "✓ Done. " : "", step.task),
      h("div", { class: "row spread" },
        h("button", { class: "button plain", type: "button", onclick: () => this.close() }, "End the tour"),
        h("div", { class: "row" },
          this.step > 0 && h("button", { class: "button", type: "button", onclick: () => this.go(this.step - 1) }, "Back"),
          h("button", { class: "button primary", type: "button", "data-key": "tour-next", onclick: () => (last ? this.close() : this.go(this.step + 1)) }, last ? "Finish" : "Next")))));
  }
}
