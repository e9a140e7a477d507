// The head of a stage: which model it shows, what that is, and how another is set beside it or taken away.
import { choice, h, render } from "./dom.js";
import { set } from "./state.js";

// stages: those of a view; models: the ones to choose from; keys: where the address has the first and the second; more: what else the first has.
export function stageHeads(stages, models, [first, second], place, more = null) {
  const names = models.map(({ name }) => [name, name]);
  stages.forEach((stage, i) => {
    const { model } = stage;
    render(place(stage),
      h("div", { class: "row spread" },
        h("div", { class: "row" },
          choice(i ? "Beside it" : "Model", names, model.name, (name) => set({ [i ? second : first]: name })),
          h("span", { class: "note" }, `${model.kind}, ${model.layers} layers`)),
        h("div", { class: "row" },
          i === 0 && more,
          i === 0 && stages.length === 1 && models.length > 1 && h("button", {
            class: "button small", type: "button", "data-key": "beside", onclick: () => set({ [second]: models.find((other) => other !== model).name }),
          }, "Set another model beside it"),
          i === 1 && h("button", { class: "button small", type: "button", onclick: () => set({ [second]: "" }) }, "Take it away"))),
      h("details", { class: "facts" }, h("summary", {}, "What is this model?"), h("dl", {}, model.facts.map(([title, words]) => [h("dt", {}, title), h("dd", {}, words)]))));
  });
}
