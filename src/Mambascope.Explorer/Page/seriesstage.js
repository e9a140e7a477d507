// One model and one case: its answer, the measured curves with relevance under them, and what a step takes from the others.
import * as api from "./api.js";
import { answers } from "./bars.js";
import { color, mapPicture, reach } from "./colors.js";
import { choice, h, layerOf, render, s, say, segments } from "./dom.js";
import { remarks } from "./remarks.js";
import { set, state } from "./state.js";

const [Width, Height, Pad] = [1000, 120, 8];

const shortNumber = (value) => (Number.isFinite(value) ? Number(value.toPrecision(4)).toString() : "missing");

export class SeriesStage {
  constructor(model, slot, entry) {
    [this.model, this.slot, this.entry, this.data, this.at] = [model, slot, entry, {}, null];
    this.parts = {
      head: h("div"), verdict: h("div", { class: "stack" }), plot: h("div", { class: "stack" }), told: h("p", { class: "told note", role: "status" }),
      look: h("div", { class: "stack" }), methods: h("div"),
    };
    this.element = h("section", { class: "card stage stack", "aria-label": model.name, "data-stage": slot },
      this.parts.head, h("div", { class: "text-grid" },
        h("div", { class: "stack" }, this.parts.plot, this.parts.told, this.parts.look), h("div", { class: "stack" }, this.parts.verdict, this.parts.methods)));
  }

  get methods() {
    const able = this.model.methods.map((method) => method.name);
    const named = state.smethods ? state.smethods.split(",").filter((name) => able.includes(name)) : [];
    return named.length ? named : this.model.standardMethods;
  }

  get layer() {
    return layerOf(this.model, state.slayer, this.model.layers - 1);
  }

  get about() { return this.data.verdict.about; }

  get steps() { return this.data.verdict.tensors.values.shape[0]; }

  get channels() { return this.data.verdict.tensors.values.shape[1]; }

  get target() { return this.data.maps?.about.target; }

  tokenOf(step) { return Math.floor(step / this.about.stepsOfToken); }

  place(what) { return ["models", this.model.name, "series", this.entry().series, ...(what ? [what] : [])]; }

  async load(changed = null) {
    const has = (...keys) => changed === null || keys.some((key) => key in changed);
    if (!this.entry()) return;
    this.element.setAttribute("aria-busy", "true");
    try {
      if (has("s")) this.data.verdict = await api.tensors(`${this.slot}-verdict`, this.place());
      if (has("s", "st", "smethods")) {
        this.data.maps = await api.tensors(`${this.slot}-maps`, this.place("explanation"), { method: this.methods, target: state.st });
      }
      if (has("s", "slayer", "sdir", "spart")) {
        this.data.attention = await api.tensors(`${this.slot}-attention`, this.place("attention"), this.matrixOf());
      }
    } catch (error) {
      if (api.isStopped(error)) return;
      render(this.parts.plot, h("p", { class: "error", role: "alert" }, error.message));
      return;
    } finally {
      this.element.setAttribute("aria-busy", "false");
    }
    this.draw();
  }

  // The question for a matrix: as the page stands, but for what is said.
  matrixOf({ layer = this.layer, dir = state.sdir, part = state.spart } = {}) {
    return { layer, direction: this.model.scans === 2 ? dir : "", view: this.model.scans > 0 ? part : "" };
  }

  has(changed) { return api.has(this.place("attention"), this.matrixOf(changed)); }

  draw() {
    const top = this.about.top, isNumber = top[0].value !== undefined;
    render(this.parts.verdict,
      h("div", { class: "row spread" }, h("h2", {}, isNumber ? "What does it predict?" : "What does it see?"),
        !api.file && !isNumber && h("span", { class: "note" }, "click an answer to explain it")),
      isNumber ? h("p", { class: "number" }, `${top[0].label} `, h("b", {}, shortNumber(top[0].value)), top[0].unit ? ` ${top[0].unit}` : "")
        : answers(top.slice(0, 8), this.target?.index, (answer) => set({ st: answer.index }), "Answers", api.elsewhere),
      this.about.label && h("p", { class: "note" }, `labelled ${this.about.label}`),
      !api.file && state.st !== "" && h("button", { class: "button plain", type: "button", onclick: () => set({ st: "" }) }, "Back to the most likely answer"));
    render(this.parts.methods, this.methods.map((name) => remarks(this.data.maps.about.maps.find((map) => map.method === name))), this.model.methods.length > 1 && h("details", { class: "methods" }, h("summary", {}, api.file ? "Methods" : "Other methods"), h("div", { class: "checks" }, this.model.methods.map((method) =>
      h("label", {}, h("input", { type: "checkbox", checked: this.methods.includes(method.name), onchange: (event) => {
        const chosen = new Set(this.methods);
        chosen[event.target.checked ? "add" : "delete"](method.name);
        set({ smethods: [...chosen].join(",") });
      } }), h("span", {}, h("b", {}, method.name), ` – ${method.description}`))))));
    render(this.parts.plot, this.about.isTable ? this.bars() : this.curves());
    this.drawLook();
    this.parts.told.textContent = this.tell();
  }

  // Relevance of every step (or of every step in every channel) by a method, row by row.
  rows(name) {
    const input = this.data.maps.tensors[`input.${name}`];
    if (input) {
      return Array.from({ length: this.channels }, (_, channel) => Float32Array.from({ length: this.steps }, (_, step) => input.values[step * this.channels + channel]));
    }
    const { values } = this.data.maps.tensors[`map.${name}`];
    return [Float32Array.from({ length: this.steps }, (_, step) => values[this.tokenOf(step)])];
  }

  // The same at one step, for every move of the pointer.
  valuesAt(name, step) {
    const input = this.data.maps.tensors[`input.${name}`];
    return input ? [...input.values.subarray(step * this.channels, (step + 1) * this.channels)]
      : [this.data.maps.tensors[`map.${name}`].values[this.tokenOf(step)]];
  }

  x(step) { return ((step + 0.5) / this.steps) * Width; }

  curves() {
    const { values } = this.data.verdict.tensors.values, truth = new Set(this.about.truth ?? []);
    const words = this.target?.value !== undefined ? [`raises ${this.target.label}`, `lowers ${this.target.label}`] : [`for ${this.target?.label}`, `against ${this.target?.label}`];
    this.cursor = h("div", { class: "cursor", hidden: true });
    const of = (channel) => Float32Array.from({ length: this.steps }, (_, step) => values[step * this.channels + channel]);
    const lines = this.about.channels.map((name, channel) => {
      const curve = of(channel), known = curve.filter(Number.isFinite), [low, high] = [Math.min(...known), Math.max(...known)];
      const y = (value) => Pad + (1 - (value - low) / (high - low || 1)) * (Height - 2 * Pad);
      return h("div", { class: "curve-row" }, h("span", { class: "note" }, name, h("br"), h("small", {}, `${shortNumber(low)} to ${shortNumber(high)}`)),
        s("svg", { viewBox: `0 0 ${Width} ${Height}`, preserveAspectRatio: "none", role: "img", "aria-label": `${name} over ${this.steps} steps` },
          [...truth].map((step) => s("rect", { class: "truth", x: this.x(step) - Width / this.steps / 2, y: 0, width: Width / this.steps, height: Height })),
          s("path", { class: "curve", "vector-effect": "non-scaling-stroke", d: [...curve].map((value, step) => (Number.isFinite(value) ? `${step && Number.isFinite(curve[step - 1]) ? "L" : "M"}${this.x(step).toFixed(1)} ${y(value).toFixed(1)}` : "")).join("") })));
    });
    const strips = this.methods.flatMap((name) => {
      const rows = this.rows(name), scale = reach(rows.flatMap((row) => [...row]), 0.99);
      return rows.map((row, channel) => h("div", { class: "curve-row" },
        h("span", { class: "note" }, name, rows.length > 1 && h("small", {}, ` ${this.about.channels[channel]}`)), this.strip(row, scale, name)));
    });
    return h("div", {
      class: "series-plot", tabindex: 0, role: "application", "aria-roledescription": "series",
      "aria-label": "Curves with relevance under them. Arrow keys move from step to step, Enter shows what a step takes from the others.",
      onpointermove: (event) => this.point(this.stepAt(event)), onpointerleave: () => this.point(null),
      onclick: (event) => this.pin(this.stepAt(event)), onkeydown: (event) => this.key(event),
    }, lines, strips, this.pinned(), h("div", { class: "curve-row axis" }, h("span", {}), h("span", { class: "spread row note" }, [0, 0.25, 0.5, 0.75, 1].map((share) => h("span", {}, this.time(Math.round(share * (this.steps - 1))))))),
    this.cursor, h("p", { class: "note" }, h("span", { class: "swatch for" }), ` red ${words[0]}, `, h("span", { class: "swatch against" }), ` blue ${words[1]}.`, truth.size ? " Grey: the steps that are known to decide." : ""));
  }

  strip(values, scale, name) {
    const canvas = h("canvas", { class: "heat", width: values.length, height: 1, role: "img", "aria-label": `${name}: strongest at ${this.time(strongestOf(values))}` });
    canvas.getContext("2d").drawImage(mapPicture(values, 1, values.length, scale, false), 0, 0);
    return canvas;
  }

  time(step) {
    const { hasClock, start, timeStep, time_unit: unit } = this.about;
    return hasClock ? `${shortNumber(start + step * timeStep)}${unit ? ` ${unit}` : ""}` : `step ${step}`;
  }

  // A table: a bar a column, the strongest first, red to the right.
  bars() {
    const name = this.methods[0], { values } = this.data.maps.tensors[`map.${name}`], largest = Math.max(...[...values].map(Math.abs)) || 1;
    const order = [...values.keys()].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]));
    return [h("h2", {}, `Which columns? ${name}`), h("ul", { class: "columns-bars", "aria-label": "Columns by relevance" }, order.map((i) => {
      const share = values[i] / largest, [r, g, b] = color(share);
      return h("li", {}, h("span", { class: "name" }, `${this.about.channels[i]} = ${this.about.values[i]}`),
        h("span", { class: "bar" }, h("span", { class: share < 0 ? "down" : "up", "--share": Math.abs(share), "--color": `rgb(${r} ${g} ${b})` })),
        h("span", { class: "note" }, shortNumber(values[i])));
    }))];
  }

  // What the pinned step's token takes from all tokens, as another strip.
  pinned() {
    if (state.spin === "" || !this.data.attention) return null;
    const { matrix } = this.data.attention.tensors, length = matrix.shape[0], token = this.tokenOf(Math.min(+state.spin, this.steps - 1));
    const row = Float32Array.from({ length: this.steps }, (_, step) => matrix.values[token * length + this.tokenOf(step)]);
    return h("div", { class: "curve-row" }, h("span", { class: "note" }, `${this.time(+state.spin)} takes`, h("small", {}, ` layer ${this.layer}`)), this.strip(row, reach(row, 0.99), "hidden attention"));
  }

  drawLook() {
    if (this.about.isTable) return render(this.parts.look);
    return render(this.parts.look,
      h("h3", {}, state.spin === "" ? "Click a step to see what it takes from the others" : `What ${this.time(+state.spin)} takes from the others`),
      h("div", { class: "row" },
        choice("Layer", this.model.mixing.map((layer) => [String(layer), `layer ${layer}`, !this.has({ layer })]), String(this.layer), (layer) => set({ slayer: layer })),
        this.model.scans === 2 && segments("Direction", [["both", "both"], ["forward", "→"], ["backward", "←"]], state.sdir, (dir) => set({ sdir: dir })),
        this.model.scans > 0 && choice("Part", [["s6", "the scan alone"], ["block", "the whole mixer"]].map(([part, words]) => [part, words, !this.has({ part })]), state.spart, (part) => set({ spart: part })),
        state.spin !== "" && h("button", { class: "button small", type: "button", onclick: () => set({ spin: "" }) }, "Unpin")));
  }

  stepAt(event) {
    const row = event.currentTarget.querySelector("svg").getBoundingClientRect();
    return Math.max(0, Math.min(this.steps - 1, Math.floor(((event.clientX - row.left) / row.width) * this.steps)));
  }

  point(step) {
    this.at = step;
    this.cursor.hidden = step === null;
    if (step !== null) {
      const plot = this.cursor.parentElement.getBoundingClientRect(), row = this.cursor.parentElement.querySelector("svg").getBoundingClientRect();
      this.cursor.style.setProperty("left", `${row.left - plot.left + ((step + 0.5) / this.steps) * row.width}px`);
    }
    this.parts.told.textContent = this.tell();
  }

  pin(step) {
    if (!this.about.isTable) set({ spin: String(step) === state.spin ? "" : step });
  }

  key(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
    if (event.key in moves) {
      event.preventDefault();
      this.point(Math.max(0, Math.min(this.steps - 1, (this.at ?? -1) + moves[event.key])));
      say(this.tell());
    } else if ((event.key === "Enter" || event.key === " ") && this.at !== null) {
      event.preventDefault();
      this.pin(this.at);
    } else if (event.key === "Escape") {
      this.point(null);
    }
  }

  tell() {
    const step = this.at;
    if (step === null || this.about.isTable) return "";
    const values = this.about.channels.map((name, channel) => `${name} ${shortNumber(this.data.verdict.tensors.values.values[step * this.channels + channel])}`);
    const why = this.methods.map((name) => `${name} ${this.valuesAt(name, step).map(shortNumber).join(", ")}`);
    return `${this.time(step)}: ${[...values, ...why].join("; ")}`;
  }
}

const strongestOf = (values) => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
