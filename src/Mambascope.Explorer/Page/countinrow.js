// One channel made by hand that counts: how many ones stand in a row up to here? Its parameters are its input, and its hidden attention shows
// how it does it (lemma 1 of the paper on hidden attention; no softmax head can).
//
//   h[t] = A[t] h[t-1] + B[t] x[t]     y[t] = C[t] h[t]     with A[t] = B[t] = C[t] = x[t], each 0 or 1
//   alpha[i, j] = C[i] A[i] ... A[j+1] B[j]     y = alpha x
import { h, render } from "./dom.js";

const Start = [0, 1, 1, 0, 0, 1, 0, 1, 1, 0];

export function hiddenAttention(x) {
  return x.map((_, i) => x.map((_, j) => {
    if (j > i) return 0;
    let product = x[i] * x[j];
    for (let k = j + 1; k <= i; k++) product *= x[k];
    return product;
  }));
}

export function countsInRow(x) {
  let state = 0;
  return x.map((bit) => bit * (state = bit * state + bit * bit));
}

export class CountInRow {
  constructor(changed) {
    [this.x, this.changed] = [[...Start], changed];
    this.element = h("div", { class: "count" });
    this.draw();
  }

  // The longest run of ones.
  get longest() {
    return Math.max(...countsInRow(this.x));
  }

  flip(at) {
    this.x[at] = 1 - this.x[at];
    this.draw();
    this.changed();
  }

  draw() {
    const alpha = hiddenAttention(this.x), y = countsInRow(this.x);
    render(this.element,
      h("div", { class: "row", role: "group", "aria-label": "The input: ones and zeros" }, h("span", { class: "note" }, "x"),
        this.x.map((bit, i) => h("button", {
          type: "button", class: "bit", "data-key": `bit-${i}`, "aria-pressed": String(bit === 1), "aria-label": `token ${i} is ${bit}`,
          onclick: () => this.flip(i),
        }, String(bit)))),
      h("table", { class: "weights" }, h("caption", { class: "note" }, "Hidden attention: a row is what one token takes"),
        h("tbody", {}, alpha.map((row, i) => h("tr", { "data-row": String(i) }, row.map((weight, j) => h("td", {
          class: weight ? "one" : null, "aria-label": j <= i ? `token ${i} takes ${weight} of token ${j}` : null,
        }, j <= i ? String(weight) : "")), h("th", { scope: "row", title: `y of token ${i}: ones in a row up to here` }, `= ${y[i]}`))))));
  }
}
