// One language model and the text: what comes next, which tokens made it so, and what happens when edges are cut.
import * as api from "./api.js";
import { arcs, strongest } from "./arcs.js";
import { change, percent, shown } from "./bars.js";
import { choice, h, layerOf, press, render, segments, slider, toast } from "./dom.js";
import { MatrixCanvas } from "./matrix.js";
import { remarks } from "./remarks.js";
import { shares } from "./shares.js";
import { set, state } from "./state.js";

// A cut is written first-last>first-last@layer, without @ for all layers.
const readCuts = () => (state.cut ? state.cut.split(";") : []).map((word) => {
  const [, a, b, c, d, layer] = word.match(/^(\d+)-(\d+)>(\d+)-(\d+)(?:@(\d+))?$/) ?? [];
  return a === undefined ? null : { word, from: [+a, +b], to: [+c, +d], layer: layer === undefined ? null : +layer };
}).filter(Boolean);

const range = ([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

export class TextStage {
  constructor(model, slot) {
    [this.model, this.slot] = [model, slot];
    this.parts = { head: h("div"), text: h("div", { class: "stack" }), next: h("div", { class: "stack" }), edges: h("div", { class: "stack" }) };
    this.matrix = new MatrixCanvas((i) => `“${shown(this.labels[i] ?? "")}” (${i})`, (row) => this.explain(this.units[row]));
    this.element = h("section", { class: "card stage stack", "aria-label": model.name, "data-stage": slot },
      this.parts.head, h("div", { class: "text-grid" }, this.parts.text, this.parts.next), this.parts.edges);
    this.data = {};
  }

  body(more) {
    const input = state.ids ? { ids: state.ids.split(",").map(Number) } : { text: state.text };
    return { ...input, ...(state.pos === "" ? {} : { position: +state.pos }), ...more };
  }

  at(what) { return ["models", this.model.name, "text", what]; }

  get method() {
    const able = this.model.methods.map((method) => method.name);
    return able.includes(state.tmethod) ? state.tmethod : this.model.standardMethods[0];
  }

  get layer() { return layerOf(this.model, state.tlayer, Math.floor(this.model.layers * 0.7)); }

  // Whether a matrix can be had of a layer, between tokens or what they are joined to.
  has(layer, blocks) { return api.has(this.at("attention"), { layer, blocks }); }

  async load(changed = null) {
    const has = (...keys) => changed === null || keys.some((key) => key in changed);
    this.element.setAttribute("aria-busy", "true");
    try {
      if (has("text", "ids", "pos", "next", "against", "tmethod")) {
        this.data.why = await api.postJson(`${this.slot}-why`, this.at("explanation"), this.body({
          methods: [this.method], target: state.next || null, against: state.against && state.against !== state.next ? state.against : null,
        }));
        this.drawText();
      }
      if (has("text", "ids", "pos", "tlayer", "blocks")) {
        this.data.attention = await api.postTensors(`${this.slot}-attention`, this.at("attention"), this.body({ layer: this.layer, blocks: state.blocks || null }));
      }
      if (has("text", "ids", "pos", "cut", "taps")) await this.loadCut();
    } catch (error) {
      if (api.isStopped(error)) return;
      render(this.parts.text, h("p", { class: "error", role: "alert" }, error.message));
      render(this.parts.next);
      render(this.parts.edges);
      return;
    } finally {
      this.element.setAttribute("aria-busy", "false");
    }
    this.drawText();
    this.drawEdges();
  }

  async loadCut() {
    const cuts = readCuts(), length = this.data.why.tokens.length;
    const edges = cuts.flatMap((cut) => range(cut.from).flatMap((source) => range(cut.to)
      .filter((output) => output >= source && output < length)
      .map((output) => ({ source, output, layers: cut.layer === null ? null : [cut.layer] }))));
    this.data.cut = edges.length ? await api.postJson(`${this.slot}-cut`, this.at("cut"), this.body({ cuts: edges, taps: state.taps !== "" })) : null;
  }

  // The units of arcs and matrix: tokens, or words and sentences, as the server cut them.
  get units() {
    const { about } = this.data.attention;
    return about.blocks ? about.blocks.map((block) => ({ text: block.text, first: block.first, last: block.first + block.tokens - 1 }))
      : this.data.why.tokens.map((token, i) => ({ text: token.text, first: i, last: i }));
  }

  get labels() { return this.units.map((unit) => unit.text); }

  get position() { return this.data.why.position; }

  explain(unit) {
    if (api.file) toast(api.elsewhere);
    else set({ pos: unit.last === this.data.why.tokens.length - 1 ? "" : unit.last, next: "", against: "" });
  }

  // Goes on with a token after the explained position.
  append(answer) {
    const { tokens } = this.data.why;
    const isPlain = /^[\x20-\x7e\n]+$/.test(answer.text) && !state.ids && tokens.every((token) => /^[\x20-\x7e\n]+$/.test(token.text));
    const kept = tokens.slice(0, this.position + 1);
    const text = kept.map((token) => token.text).join("") + answer.text;
    this.onStep?.(answer.text);
    set(isPlain ? { text, ids: "", pos: "", next: "", against: "", cut: "" }
      : { ids: [...kept.map((token) => token.id), answer.id].join(","), text, pos: "", next: "", against: "", cut: "" });
  }

  drawText() {
    const { why } = this.data;
    const map = why.maps[0], largest = Math.max(...map.values.map(Math.abs)) || 1;
    const after = why.tokens[this.position];
    render(this.parts.text,
      h("div", { class: "row spread" },
        h("h2", {}, "Which tokens made it say ", h("q", {}, shown(why.target.text)), why.against ? [" and not ", h("q", {}, shown(why.against.text))] : null, "?"),
        choice("Method", this.model.methods.map((method) => [method.name, method.name]), this.method, (name) => set({ tmethod: name }))),
      h("div", { class: "tokens", role: "group", "aria-label": api.file ? "Tokens" : "Tokens; a click explains what comes after one" }, why.pieces.map((piece) => {
        const sum = map.values.slice(piece.first, piece.first + piece.tokens).reduce((a, b) => a + b, 0) / largest;
        const last = piece.first + piece.tokens - 1;
        return [h("button", {
          type: "button", "--tint": sum < 0 ? "var(--against)" : "var(--for)", "--strength": (0.72 * Math.min(1, Math.abs(sum))).toFixed(3),
          class: piece.first > this.position ? "after" : null, "aria-pressed": String(last === this.position), "data-key": `token-${piece.first}`,
          title: `token ${last}: ${sum.toFixed(3)} of the largest`, "aria-label": `${shown(piece.text)}, relevance ${sum.toFixed(2)}`,
          ...press(() => this.explain({ last }), last === this.position ? null : api.elsewhere),
        }, piece.text === "\n" ? h("span", { class: "feed" }, "⏎") : piece.text), piece.text.includes("\n") ? "\n" : null];
      })),
      remarks(map),
      h("p", { class: "note" }, map.degenerate ? null : `Red speaks for it, blue against it.${api.file ? "" : " Click a token to ask what comes after it."}`,
      why.checks ? ` Checked: hidden attention gives the run back (error ${Math.max(why.checks.alpha_u_equals_y, why.checks.block_x_plus_bias_equals_gated).toExponential(1)}).` : ""),
      why.layers && [h("h3", {}, "Through which parts of the layers does it go?"), shares(why.layers, why.target.logit)]);
    render(this.parts.next,
      h("h2", {}, "What comes after ", h("q", {}, shown(after.text)), "?"),
      h("ul", { class: "bars", "aria-label": "Next tokens" }, why.top.slice(0, 10).map((answer) => h("li", { class: "with-tools" },
        h("button", { type: "button", "aria-pressed": String(answer.id === why.target.id), "data-key": `next-${answer.id}`, title: "explain this one", ...press(() => set({ next: answer.id }), answer.id === why.target.id ? null : api.elsewhere) },
          h("span", { class: "fill", "--share": answer.probability }), h("span", {}, shown(answer.text), answer.id === why.against?.id && [" ", h("span", { class: "tag" }, "not")]),
          h("span", { class: "value" }, percent(answer.probability))),
        !api.file && h("button", { class: "button small plain", type: "button", "aria-pressed": String(answer.id === why.against?.id), "aria-label": `vs ${shown(answer.text)}: why not this one`, title: "why not this one?", disabled: answer.id === why.target.id, "data-key": `not-${answer.id}`,
          onclick: () => set({ against: answer.id === why.against?.id ? "" : answer.id, next: why.target.id }) }, "vs"),
        !api.file && h("button", { class: "button small plain", type: "button", "aria-label": `+ ${shown(answer.text)}: go on with it`, title: "go on with this one", "data-key": `add-${answer.id}`, onclick: () => this.append(answer) }, "+")))),
      !api.file && (state.next || state.against) && h("button", { class: "button plain", type: "button", onclick: () => set({ next: "", against: "" }) }, "Back to the most likely token"));
  }

  drawEdges() {
    const { attention } = this.data, { matrix } = attention.tensors, length = matrix.shape[0], units = this.units;
    const here = units.findIndex((unit) => this.position >= unit.first && this.position <= unit.last);
    const cuts = readCuts();
    const ofUnits = cuts.map((cut) => ({
      cut, source: units.findIndex((unit) => unit.first === cut.from[0] && unit.last === cut.from[1]), output: units.findIndex((unit) => unit.first === cut.to[0] && unit.last === cut.to[1]),
    })).filter((edge) => edge.source >= 0 && edge.output >= 0).map((edge) => ({ ...edge, value: matrix.values[edge.output * length + edge.source] }));
    const head = h("div", { class: "row" },
      segments("Edges", [["arcs", "Edges"], ["matrix", "Matrix"]], state.panel, (panel) => set({ panel })),
      choice("Layer", this.model.mixing.map((layer) => [String(layer), String(layer), !this.has(layer, state.blocks)]), String(this.layer), (layer) => set({ tlayer: layer })),
      choice("Between", [["", "tokens"], ["word", "words"], ["sentence", "sentences"], ["64", "64 blocks"]].map(([value, words]) => [value, words, !this.has(this.layer, value)]), state.blocks, (blocks) => set({ blocks, cut: "" })));
    let body;
    if (state.panel === "matrix") {
      this.matrix.show(matrix.values, length, this.labels.map(shown));
      body = this.matrix.element;
    } else if (length > 600) {
      body = h("p", { class: "note" }, `${length} parts are too many for arcs: join tokens to words or sentences, or look at the matrix.`);
    } else {
      body = [
        h("div", { class: "row" },
          segments("Which edges", [["here", "into the explained token"], ["all", "strongest anywhere"]], state.which, (which) => set({ which })),
          slider("Shown", +state.edges, 1, 30, 1, (n) => String(n), (n) => set({ edges: n }, false)),
          !api.file && h("label", { class: "field" }, h("input", { type: "checkbox", checked: state.all !== "", "data-key": "all-layers", onchange: (event) => set({ all: event.target.checked ? "1" : "" }) }), "cut in all layers"),
          !api.file && this.model.scans > 0 && h("label", { class: "field", title: "The convolution in front of a scan passes each token on to the next few" }, h("input", { type: "checkbox", checked: state.taps !== "", "data-key": "taps", onchange: (event) => set({ taps: event.target.checked ? "1" : "" }) }), "cut convolutions, too")),
        arcs({
          labels: this.labels, here, cuts: ofUnits, edges: strongest(matrix.values, length, +state.edges, state.which === "here" ? here : null),
          why: api.elsewhere, toggle: (edge) => this.toggle(units[edge.source], units[edge.output], cuts), choose: (i) => this.explain(units[i]),
        }),
        h("p", { class: "note" }, `Layer ${this.layer}: an arc is what the right end takes from the left end.${api.file ? "" : " Click one to cut it."}`),
      ];
    }
    render(this.parts.edges, h("h2", {}, "Who listens to whom?"), head, h("div", { class: cuts.length ? "edge-grid" : "stack" }, h("div", { class: "stack" }, body),
      cuts.length > 0 && h("div", { class: "stack" },
        h("div", { class: "row" }, h("h3", {}, "Cut:"), h("ul", { class: "chips" }, cuts.map((cut) => h("li", {}, h("button", {
          class: "chip mono", type: "button", title: "mend it", "data-key": `cut-${cut.word}`, onclick: () => this.mend(cut),
        }, `${this.quote(cut.from)} → ${this.quote(cut.to)}${cut.layer === null ? "" : ` in layer ${cut.layer}`} ✕`)))),
        h("button", { class: "button small", type: "button", onclick: () => set({ cut: "" }) }, "Mend all")),
        this.data.cut && change(this.data.cut.before.map(label), this.data.cut.after.map(label), "Next tokens with and without the edges"))));
    function label(answer) { return { ...answer, label: shown(answer.label) }; }
  }

  quote([first, last]) { return shown(this.data.why.tokens.slice(first, last + 1).map((token) => token.text).join("")); }

  toggle(source, output, cuts) {
    const same = cuts.filter((cut) => cut.from[0] === source.first && cut.from[1] === source.last && cut.to[0] === output.first && cut.to[1] === output.last);
    const word = `${source.first}-${source.last}>${output.first}-${output.last}${state.all ? "" : `@${this.layer}`}`;
    set({ cut: (same.length ? cuts.filter((cut) => !same.includes(cut)).map((cut) => cut.word) : [...cuts.map((cut) => cut.word), word]).join(";") });
  }

  mend(cut) { set({ cut: readCuts().filter((other) => other.word !== cut.word).map((other) => other.word).join(";") }); }
}
