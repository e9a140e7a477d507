// One model and the picture: what it answers, why, where each patch looks, and what happens without some of them.
import * as api from "./api.js";
import { answers, change, percent } from "./bars.js";
import { curves } from "./chart.js";
import { legend, mapPicture, reach } from "./colors.js";
import { choice, h, layerOf, press, render, say, segments, slider } from "./dom.js";
import { remarks } from "./remarks.js";
import { numbers, set, state } from "./state.js";

const Side = 56 * 12;
const tools = [
  ["why", "Why", "What spoke for the chosen answer"],
  ["look", "Attention", "What each patch takes from and gives to the others"],
  ["without", "Knock out", "Take patches away and ask again", api.elsewhere],
];

export class Stage {
  constructor(model, slot, models) {
    [this.model, this.slot, this.models] = [model, slot, models];
    this.parts = { models: h("div"), verdict: h("div", { class: "stack" }), panel: h("div", { class: "stack" }), told: h("p", { class: "told note" }), below: h("div", { class: "stack below" }), key: h("div", { class: "legend" }) };
    this.canvas = h("canvas", {
      width: Side, height: Side, tabindex: 0, role: "application", "aria-roledescription": "picture of patches",
      "aria-label": `The picture as ${model.name} sees it. Arrow keys move from patch to patch, Enter chooses one.`,
      onpointermove: (event) => this.point(this.patchAt(event)), onpointerleave: () => this.point(null),
      onclick: (event) => this.press(this.patchAt(event)), onkeydown: (event) => this.key(event), onblur: () => this.point(null),
    });
    this.frame = h("div", { class: "picture" }, this.canvas);
    this.element = h("section", { class: "card stage", "aria-label": model.name, "data-stage": slot },
      this.parts.models,
      h("div", { class: "stage-grid" },
        h("div", { class: "stack" }, this.frame, this.parts.key, this.parts.told),
        h("div", { class: "stack asked" }, this.parts.verdict, this.parts.panel),
        this.parts.below));
    this.hovered = null;
    this.data = {};
  }

  at(...rest) { return ["models", this.model.name, "pictures", state.p, ...rest]; }

  // The most likely ones, and in any case the one that is explained.
  get shownAnswers() {
    const top = this.data.verdict.top.slice(0, 8);
    return top.includes(this.target) ? top : [...top.slice(0, 7), this.target];
  }

  get patches() { return this.model.rows * this.model.columns; }

  token(patch) { return this.model.classToken === null || patch < this.model.classToken ? patch : patch + 1; }

  // The class that is explained: the one that was chosen, or the most likely one.
  get target() {
    const found = state.t === "" ? null : this.data.verdict?.top.find((answer) => String(answer.index) === state.t);
    return found ?? this.data.verdict?.top[0];
  }

  // Those that were chosen; else the standard of such a model, and a few to set beside it.
  get methods() {
    const able = this.model.methods.map((method) => method.name);
    const named = state.methods ? state.methods.split(",").filter((name) => able.includes(name)) : [];
    const beside = ["mamba-lrp", "attn-lrp", "attribution", "transformer-attribution", "rollout"].filter((name) => able.includes(name));
    return named.length ? named : [...new Set([...this.model.standardMethods, ...beside])].slice(0, 4);
  }

  get method() {
    return this.methods.includes(state.method) ? state.method : this.methods[0];
  }

  get layer() {
    return layerOf(this.model, state.layer, Math.floor(this.model.layers * 0.7));
  }

  // Anew from the picture on, or from what a change touches.
  async load(changed = null) {
    const has = (...keys) => changed === null || keys.some((key) => key in changed);
    this.busy(true);
    try {
      if (has("p")) {
        this.data = {};
        const [verdict, image] = await Promise.all([api.json(`${this.slot}-verdict`, this.at()), this.picture(this.at("input"))]);
        this.data = { verdict, image };
        this.draw();
      }
      this.drawVerdict();
      this.drawPanel();
      if (has("p", "t", "methods", "tool") && state.tool === "why") await this.loadMaps();
      if (state.tool === "why" && has("p", "t", "method", "methods", "tool", "thr", "boxes")) await this.loadMask();
      if (has("p", "t", "method", "methods", "tool") && state.tool === "why") this.loadDeletion();
      if (has("p", "tool", "pin", "part", "how") && state.tool === "look") await this.loadStrip();
      if (has("p", "tool", "layer", "dir", "part", "unit", "pin") && state.tool === "look") await this.loadMatrix();
      if (has("p", "tool", "out", "fill") && state.tool === "without") await this.loadTrial();
      if (has("frame", "p") && state.frame === "original" && !this.data.original) this.data.original = await this.picture(["pictures", state.p]);
    } catch (error) {
      if (api.isStopped(error)) return;
      render(this.parts.panel, h("p", { class: "error", role: "alert" }, error.message));
    } finally {
      this.busy(false);
    }
    this.draw();
    this.drawVerdict();
    this.drawPanel();
  }

  busy(is) {
    this.frame.classList.toggle("busy", is);
    this.element.setAttribute("aria-busy", String(is));
  }

  async picture(parts) {
    const image = new Image();
    image.src = api.address(parts);
    await image.decode();
    return image;
  }

  async loadMaps() {
    this.data.maps = await api.tensors(`${this.slot}-maps`, this.at("explanation"), { method: this.methods, target: this.target.index });
  }

  async loadMask() {
    this.data.mask = state.thr === "" ? null
      : await api.tensors(`${this.slot}-mask`, this.at("mask"), { method: this.method, target: this.target.index, threshold: state.thr, boxes: "all" });
  }

  async loadDeletion() {
    try {
      this.data.deletion = null;
      const [method, target] = [this.method, this.target];
      const found = await api.json(`${this.slot}-deletion`, this.at("deletion"), { method, target: target.index });
      this.data.deletion = { ...found, method, target };
      this.drawPanel();
    } catch (error) {
      if (!api.isStopped(error)) throw error;
    }
  }

  // The token whose view is shown: a pinned patch, or the one where the answer is read.
  get viewer() { return state.pin === "" ? undefined : this.token(+state.pin); }

  async loadStrip() {
    this.data.strip = await api.tensors(`${this.slot}-strip`, this.at("layers"), { view: state.part, token: this.viewer });
  }

  // The question for a matrix: as the page stands, but for what is said.
  matrixOf({ layer = this.layer, dir = state.dir, unit = state.unit } = {}) {
    const one = unit === "" ? {} : this.model.heads ? { head: Math.min(+unit, this.model.heads - 1) } : { channel: Math.min(+unit, this.model.channels - 1) };
    return { layer, direction: this.model.scans === 2 ? dir : null, view: this.model.scans > 0 ? state.part : null, ...one };
  }

  // Why a matrix cannot be shown; null where it can.
  whyNot(changed) { return api.has(this.at("attention"), this.matrixOf(changed)) ? null : "This matrix is not in the file: the command above opens the live page"; }

  async loadMatrix() {
    const scans = this.model.scans > 0;
    this.data.matrix = await api.tensors(`${this.slot}-matrix`, this.at("attention"), this.matrixOf());
    if (scans && this.model.classToken !== null) {
      const ranked = await api.tensors(`${this.slot}-ranked`, this.at("attention"), { layer: this.layer, direction: this.model.scans === 2 ? state.dir : null, view: state.part, channels: 12, token: this.viewer });
      this.data.ranked = ranked.about.top_channels;
    }
  }

  async loadTrial() {
    this.data.trial = await api.json(`${this.slot}-trial`, this.at("knockout"), { patches: state.out, eraser: state.fill });
  }

  // --- the picture

  get inset() {
    const [v, original] = [this.data.verdict, this.data.original];
    if (state.frame !== "original" || !original) return { image: this.data.image, x: 0, y: 0, width: Side, height: Side, whole: [0, 0, Side, Side] };
    const { originalWidth: across, originalHeight: down, seen: [left, top, right, bottom] } = v; // the picture here may be a smaller one
    const scale = Side / Math.max(across, down);
    const [dx, dy] = [(Side - across * scale) / 2, (Side - down * scale) / 2];
    return {
      image: original, x: dx + left * scale, y: dy + top * scale, width: (right - left) * scale, height: (bottom - top) * scale,
      whole: [dx, dy, across * scale, down * scale],
    };
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, Side, Side);
    const { image } = this.data;
    if (!image) return;
    const inset = this.inset;
    context.imageSmoothingEnabled = inset.image.naturalWidth > 200;
    const isMap = state.tool !== "without" && (this.data.maps || this.data.matrix);
    context.filter = isMap ? "grayscale(1)" : "none";
    context.drawImage(inset.image, ...inset.whole);
    context.filter = "none";
    if (state.tool === "why") this.drawWhy(context, inset);
    if (state.tool === "look") this.drawLook(context, inset);
    if (state.tool === "without") this.drawWithout(context, inset);
    if (this.hovered !== null) this.outline(context, inset, this.hovered, "#ffffff", 3);
  }

  rectangle(inset, patch) {
    const { rows, columns } = this.model;
    const [row, column] = [Math.floor(patch / columns), patch % columns];
    return [inset.x + (column * inset.width) / columns, inset.y + (row * inset.height) / rows, inset.width / columns, inset.height / rows];
  }

  outline(context, inset, patch, color, width) {
    const [x, y, w, hh] = this.rectangle(inset, patch);
    context.lineWidth = width + 2;
    context.strokeStyle = "rgb(0 0 0 / 70%)";
    context.strokeRect(x, y, w, hh);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.strokeRect(x, y, w, hh);
  }

  lay(context, inset, values, rows, columns, scale, isSmooth) {
    context.imageSmoothingEnabled = isSmooth;
    context.imageSmoothingQuality = "high";
    context.drawImage(mapPicture(values, rows, columns, scale, true, +state.op), inset.x, inset.y, inset.width, inset.height);
    const signed = values.some((value) => value < 0);
    this.showLegend(signed, scale);
  }

  showLegend(isSigned, scale) {
    const bar = h("canvas", { "aria-hidden": "true" });
    legend(bar, isSigned);
    const name = this.target?.label ?? "";
    const words = state.tool === "why" ? [isSigned ? `against ${name}` : "0", `for ${name}`] : [isSigned ? `−${scale.toPrecision(2)}` : "0", scale.toPrecision(2)];
    render(this.parts.key, h("span", {}, words[0]), bar, h("span", {}, words[1]));
  }

  get map() { return this.data.maps?.tensors[`map.${this.method}`]; }

  get mapShape() {
    const about = this.data.maps?.about.maps.find((map) => map.method === this.method);
    return about ? [about.rows, about.columns] : [this.model.rows, this.model.columns];
  }

  drawWhy(context, inset) {
    if (!this.map) return;
    this.lay(context, inset, this.map.values, ...this.mapShape, reach(this.map.values), true);
    if (state.thr === "" || !this.data.mask) return;
    const { mask } = this.data.mask.tensors;
    const [height, width] = mask.shape;
    // The border of the mask, and boxes around its regions.
    const [sx, sy] = [inset.width / width, inset.height / height];
    context.strokeStyle = "#00ffd0";
    context.lineWidth = 3;
    context.beginPath();
    const is = (x, y) => x >= 0 && y >= 0 && x < width && y < height && mask.values[y * width + x] === 1;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      if (!is(x, y)) continue;
      const [px, py] = [inset.x + x * sx, inset.y + y * sy];
      if (!is(x - 1, y)) { context.moveTo(px, py); context.lineTo(px, py + sy); }
      if (!is(x + 1, y)) { context.moveTo(px + sx, py); context.lineTo(px + sx, py + sy); }
      if (!is(x, y - 1)) { context.moveTo(px, py); context.lineTo(px + sx, py); }
      if (!is(x, y + 1)) { context.moveTo(px, py + sy); context.lineTo(px + sx, py + sy); }
    }
    context.stroke();
    context.strokeStyle = "#ffe14d";
    context.lineWidth = 2.5;
    for (const box of this.data.mask.about.boxes) {
      context.strokeRect(inset.x + box.left * sx, inset.y + box.top * sy, (box.right - box.left) * sx, (box.bottom - box.top) * sy);
    }
  }

  // The grid of a layer: that of the patches, unless the model joins tokens between its stages.
  cells(length) {
    if (length === this.patches + (this.model.classToken === null ? 0 : 1)) return { rows: this.model.rows, columns: this.model.columns, count: this.patches };
    const rows = Math.round(Math.sqrt(length));
    return { rows, columns: Math.floor(length / rows), count: rows * Math.floor(length / rows) };
  }

  tokenOf(cell, length) { return this.cells(length).count === this.patches ? this.token(cell) : cell; }

  cellOf(patch, length) {
    const { rows, columns } = this.cells(length);
    const [row, column] = [Math.floor(patch / this.model.columns), patch % this.model.columns];
    return Math.floor((row * rows) / this.model.rows) * columns + Math.floor((column * columns) / this.model.columns);
  }

  // What the viewing token takes from each patch (row) or gives to each (column).
  flow() {
    const matrix = this.data.matrix?.tensors.matrix;
    if (!matrix) return null;
    const length = matrix.shape[0];
    const patch = this.hovered ?? (state.pin === "" ? null : +state.pin);
    const viewer = patch === null ? this.model.classToken ?? -1 : this.tokenOf(this.cellOf(patch, length), length);
    const values = new Float32Array(this.cells(length).count);
    for (let cell = 0; cell < values.length; cell++) {
      const token = this.tokenOf(cell, length);
      if (viewer < 0) for (let i = 0; i < length; i++) values[cell] += matrix.values[state.how === "takes" ? i * length + token : token * length + i] / length;
      else values[cell] = matrix.values[state.how === "takes" ? viewer * length + token : token * length + viewer];
    }
    return values;
  }

  drawLook(context, inset) {
    const values = this.flow();
    if (!values) return;
    const { rows, columns } = this.cells(this.data.matrix.tensors.matrix.shape[0]);
    this.lay(context, inset, values, rows, columns, reach(values, 0.99), false);
    if (state.pin !== "") this.outline(context, inset, +state.pin, "#ffe14d", 3);
  }

  drawWithout(context, inset) {
    render(this.parts.key);
    for (const patch of numbers(state.out)) {
      if (patch >= this.patches) continue;
      const [x, y, w, hh] = this.rectangle(inset, patch);
      context.fillStyle = "rgb(20 24 32 / 88%)";
      context.fillRect(x, y, w, hh);
      context.strokeStyle = "rgb(255 255 255 / 55%)";
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x + 8, y + 8); context.lineTo(x + w - 8, y + hh - 8);
      context.moveTo(x + w - 8, y + 8); context.lineTo(x + 8, y + hh - 8);
      context.stroke();
    }
  }

  // --- pointing

  patchAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const inset = this.inset;
    const [x, y] = [((event.clientX - box.left) * Side) / box.width - inset.x, ((event.clientY - box.top) * Side) / box.height - inset.y];
    const [column, row] = [Math.floor((x * this.model.columns) / inset.width), Math.floor((y * this.model.rows) / inset.height)];
    return row >= 0 && column >= 0 && row < this.model.rows && column < this.model.columns ? row * this.model.columns + column : null;
  }

  point(patch) {
    if (patch === this.hovered) return;
    this.hovered = patch;
    this.draw();
    this.parts.told.textContent = this.tell();
  }

  tell() {
    const patch = this.hovered ?? null;
    const where = (p, columns = this.model.columns) => `row ${Math.floor(p / columns) + 1}, column ${(p % columns) + 1}`;
    if (state.tool === "look") {
      const values = this.flow();
      if (!values) return "";
      const peak = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
      const who = patch !== null ? `the patch in ${where(patch)}` : state.pin !== "" ? `the pinned patch in ${where(+state.pin)}`
        : this.model.classToken !== null ? "the class token" : "the mean of all tokens";
      const there = where(peak, this.cells(this.data.matrix.tensors.matrix.shape[0]).columns);
      return state.how === "takes" ? `${who} takes most from the patch in ${there}` : `the patch in ${there} takes most from ${who}`;
    }
    if (patch === null) return state.tool === "without" ? "Click patches to take them away, or move with the arrow keys and press Enter." : "";
    if (state.tool === "why" && this.map && this.map.values.length === this.patches) return `${where(patch)}: relevance ${this.map.values[patch].toPrecision(3)}`;
    return where(patch);
  }

  press(patch) {
    if (patch === null) return;
    if (state.tool === "look") {
      set({ pin: state.pin === String(patch) ? "" : patch });
    } else if (state.tool === "without") {
      const out = new Set(numbers(state.out));
      if (!out.delete(patch)) out.add(patch);
      set({ out: [...out].sort((a, b) => a - b).join(",") });
    }
    say(this.tell());
  }

  key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.model.columns, ArrowDown: this.model.columns };
    if (event.key in steps) {
      event.preventDefault();
      const next = (this.hovered ?? 0) + (this.hovered === null ? 0 : steps[event.key]);
      if (next >= 0 && next < this.patches) this.point(next);
      say(this.tell());
    } else if ((event.key === "Enter" || event.key === " ") && this.hovered !== null) {
      event.preventDefault();
      this.press(this.hovered);
    } else if (event.key === "Escape") {
      this.point(null);
    }
  }

  // --- beside it

  drawVerdict() {
    const { verdict } = this.data;
    if (!verdict) return;
    render(this.parts.verdict,
      h("div", { class: "row spread" }, h("h2", {}, "What does it see?"), !api.file && h("span", { class: "note" }, "click an answer to explain it")),
      answers(this.shownAnswers, this.target?.index, (answer) => set({ t: answer.index }), "Answers", api.elsewhere),
      !api.file && state.t !== "" && h("button", { class: "button plain", type: "button", onclick: () => set({ t: "" }) }, "Back to the most likely answer"));
  }

  drawPanel() {
    const panel = { why: () => this.whyPanel(), look: () => this.lookPanel(), without: () => this.withoutPanel() }[state.tool]();
    render(this.parts.panel, segments("Tool", tools, state.tool, (tool) => set({ tool })), panel);
    this.drawBelow();
    this.parts.told.textContent = this.tell();
  }

  thumbnail(values, rows, columns, quantile) {
    const canvas = h("canvas", { width: 14 * 7, height: 14 * 7, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    if (this.data.image) {
      context.imageSmoothingEnabled = false;
      context.filter = "grayscale(1)";
      context.drawImage(this.data.image, 0, 0, canvas.width, canvas.height);
      context.filter = "none";
    }
    context.drawImage(mapPicture(values, rows, columns, reach(values, quantile), true, 0.9), 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  whyPanel() {
    const { maps, mask } = this.data;
    return [
      h("ul", { class: "thumbs", "aria-label": "Methods" }, this.methods.map((name) => {
        const map = maps?.tensors[`map.${name}`];
        const about = maps?.about.maps.find((entry) => entry.method === name);
        const title = this.model.methods.find((method) => method.name === name)?.description;
        return h("li", {}, h("button", { type: "button", title, "aria-pressed": String(name === this.method), "data-key": `method-${name}`, onclick: () => set({ method: name }) },
          map ? this.thumbnail(map.values, about.rows, about.columns) : h("canvas", { width: 98, height: 98 }), h("span", { class: "name" }, name.replaceAll("-", " "))));
      })),
      this.model.methods.length > 1 && h("details", { class: "methods" }, h("summary", {}, api.file ? "Methods" : "Other methods"), h("div", { class: "checks" }, this.model.methods.map((method) =>
        h("label", {}, h("input", { type: "checkbox", checked: this.methods.includes(method.name), onchange: (event) => {
          const chosen = new Set(this.methods);
          chosen[event.target.checked ? "add" : "delete"](method.name);
          set({ methods: [...chosen].join(",") });
        } }), h("span", {}, h("b", {}, method.name), ` – ${method.description}`))))),
      h("div", { class: "row" },
        slider("Opacity", +state.op, 0, 1, 0.05, percent, (value) => set({ op: value }, false)),
        h("label", { class: "field" }, h("input", { type: "checkbox", checked: state.thr !== "", "data-key": "mask", onchange: (event) => set({ thr: event.target.checked ? "0.5" : "" }) }), "Mask and boxes"),
        state.thr !== "" && slider("Threshold", +state.thr, 0, 0.95, 0.05, (value) => value.toFixed(2), (value) => set({ thr: value }, false))),
      state.thr !== "" && mask && h("p", { class: "note" }, `${percent(mask.about.foreground)} of the picture is above the threshold, in ${mask.about.boxes.length} ${mask.about.boxes.length === 1 ? "box" : "boxes"}`),
      remarks(this.data.maps?.about.maps.find((map) => map.method === this.method)),
      this.checkLine(),
    ];
  }

  // Under the picture: the curve that tests the map.
  drawBelow() {
    const { deletion } = this.data;
    render(this.parts.below, state.tool === "why" && [
      h("h3", {}, "Does the answer go when these pixels go?"),
      deletion
        ? curves(`Probability of ${deletion.target.label} while pixels are erased`, "pixels erased", [
          { name: `most relevant first (${deletion.method})`, at: deletion.fractions, values: deletion.mostFirst },
          { name: "least relevant first", at: deletion.fractions, values: deletion.leastFirst },
          { name: "random", at: deletion.fractions, values: deletion.random },
        ])
        : h("p", { class: "note" }, "computing …"),
    ]);
  }

  checkLine() {
    const check = this.data.maps?.about.checks;
    return check && h("p", { class: "note" }, check.passed
      ? `Checked: hidden attention gives the run back (error ${Math.max(check.alpha_u_equals_y, check.block_x_plus_bias_equals_gated).toExponential(1)})`
      : "Hidden attention does not give this run back: do not trust it here");
  }

  lookPanel() {
    const { strip, ranked } = this.data;
    const scans = this.model.scans > 0;
    const parts = strip ? [...new Set(strip.about.rows.map((row) => row.part))] : [];
    const units = this.model.heads && !scans
      ? [["", "mean of all heads"], ...Array.from({ length: this.model.heads }, (_, i) => [String(i), `head ${i}`])]
      : [["", "mean of all channels"], ...(ranked ?? []).map((entry) => [String(entry.channel), `channel ${entry.channel} (strength ${entry.weight.toPrecision(2)})`])];
    if (state.unit !== "" && !units.some(([value]) => value === state.unit)) units.push([state.unit, `${this.model.heads && !scans ? "head" : "channel"} ${state.unit}`]);
    return [
      h("div", { class: "row" },
        segments("Reading", [["takes", "takes from"], ["gives", "gives to"]], state.how, (how) => set({ how })),
        this.model.scans === 2 && segments("Direction", [["both", "both"], ["forward", "→"], ["backward", "←"]], state.dir, (dir) => set({ dir }))),
      h("p", { class: "note" }, scans ? "Hidden attention: hover a patch to see what it takes from the others through the scan; click to pin it." : "Softmax attention: hover a patch to see what it takes from the others; click to pin it."),
      h("h3", {}, state.pin === "" ? this.model.classToken !== null ? "What the class token takes, layer by layer" : "What all tokens take, layer by layer" : "What the pinned patch takes, layer by layer"),
      strip ? h("div", { class: "strip" }, h("table", {},
        h("thead", {}, h("tr", {}, h("td"), Array.from({ length: this.model.layers }, (_, i) => h("th", { scope: "col" }, String(i))))),
        h("tbody", {}, parts.map((part) => h("tr", {}, h("th", { scope: "row" }, part === "forward" ? "→" : part === "backward" ? "←" : part),
          strip.about.rows.map((row, i) => [row, i]).filter(([row]) => row.part === part).map(([row, i]) => {
            const direction = part === "forward" || part === "backward" ? part : "both";
            const isChosen = row.layer === this.layer && (this.model.scans !== 2 || state.dir === direction || state.dir === "both");
            return h("td", {}, h("button", {
              type: "button", "aria-pressed": String(isChosen), "aria-label": `layer ${row.layer}, ${part}`, "data-key": `layer-${row.layer}-${part}`,
              ...press(() => set({ layer: row.layer, dir: this.model.scans === 2 ? direction : state.dir }), this.whyNot({ layer: row.layer, dir: direction, unit: "" })),
            }, this.stripThumbnail(strip.tensors[`row.${i}`].values)));
          })))))) : h("p", { class: "note" }, "computing …"),
      h("div", { class: "row" },
        choice("Unit", units.map(([value, words]) => [value, words, this.whyNot({ unit: value }) !== null]), state.unit, (unit) => set({ unit })),
        scans && choice("Part", [["s6", "the scan alone"], ["block", "the whole mixer"]], state.part, (part) => set({ part }))),
      h("div", { class: "row" },
        slider("Opacity", +state.op, 0, 1, 0.05, percent, (value) => set({ op: value }, false)),
        state.pin !== "" && h("button", { class: "button small", type: "button", onclick: () => set({ pin: "" }) }, "Unpin the patch")),
    ];
  }

  stripThumbnail(values) {
    if (values.length === 0) return h("canvas", { width: 98, height: 98, "aria-hidden": "true" }); // a layer that a saved page does not hold
    const { rows, columns, count } = this.cells(values.length);
    return this.thumbnail(Float32Array.from({ length: count }, (_, cell) => values[this.tokenOf(cell, values.length)]), rows, columns, 0.99);
  }

  withoutPanel() {
    const { trial } = this.data;
    const out = numbers(state.out);
    return [
      h("div", { class: "row" },
        choice("In their place", [["mean", "the picture's mean colour"], ["black", "black"], ["blur", "a blur"], ["noise", "noise"]], state.fill, (fill) => set({ fill })),
        h("button", { class: "button small", type: "button", onclick: () => this.knockOutNamed() }, "Knock out what the map names"),
        h("button", { class: "button small", type: "button", disabled: out.length === 0, onclick: () => set({ out: "" }) }, "Put all back")),
      h("p", { class: "note" }, out.length === 0 ? "Nothing is knocked out." : `${out.length} of ${this.patches} patches are knocked out.`),
      trial && change(trial.before, trial.after, "Answers before and after"),
    ];
  }

  // The tenth of the patches that the method names first.
  async knockOutNamed() {
    if (!this.data.maps?.tensors[`map.${this.method}`]) await this.loadMaps();
    const values = this.map.values;
    if (values.length !== this.patches) return;
    const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, Math.round(this.patches / 10));
    set({ out: order.sort((a, b) => a - b).join(",") });
  }
}
