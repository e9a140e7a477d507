// A square matrix on a canvas, of any size: coloured tile by tile at the resolution that is looked at.
import { color, reach } from "./colors.js";
import { h, say } from "./dom.js";

const Tile = 256;
const Side = 1280;

// Levels of half the size each; a cell of a level is the strongest of the four beneath it, so that nothing strong disappears.
function pyramid(values, length) {
  const levels = [{ values, length }];
  while (levels.at(-1).length > Tile) {
    const { values: from, length: n } = levels.at(-1);
    const m = Math.ceil(n / 2), to = new Float32Array(m * m);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
      const at = (i >> 1) * m + (j >> 1), value = from[i * n + j];
      if (Math.abs(value) > Math.abs(to[at])) to[at] = value;
    }
    levels.push({ values: to, length: m });
  }
  return levels;
}

export class MatrixCanvas {
  constructor(labelled, choose) {
    [this.labelled, this.choose] = [labelled, choose];
    this.told = h("p", { class: "told note" });
    this.canvas = h("canvas", {
      width: Side, height: Side, tabindex: 0, role: "application", "aria-roledescription": "matrix",
      "aria-label": "Matrix: a row is what one token takes from the tokens before it. Plus and minus zoom, arrow keys move, Enter explains the row's token.",
      onpointerdown: (event) => this.down(event), onpointermove: (event) => this.move(event), onpointerup: (event) => this.up(event),
      onpointerleave: () => this.hover(null), onwheel: (event) => this.wheel(event), onkeydown: (event) => this.key(event),
      ondblclick: () => this.fit(),
    });
    this.base = new OffscreenCanvas(Side, Side); // all but what follows the pointer
    this.element = h("div", { class: "matrix stack" }, this.canvas, this.told);
  }

  show(values, length, labels) {
    const isSame = this.length === length;
    this.labels = labels;
    this.length = length;
    this.levels = pyramid(values, length);
    this.scale = reach(values.length > 1 << 20 ? this.levels.at(-1).values : values, 0.99);
    this.tiles = new Map();
    if (!isSame) this.fit(); else this.draw();
  }

  get margin() { return this.length <= 220 ? 96 : 40; }

  fit() {
    this.zoom = (Side - this.margin) / this.length; // pixels of the canvas a cell
    [this.x, this.y] = [0, 0];
    this.draw();
  }

  tile(level, row, column) {
    const key = `${level}/${row}/${column}`;
    if (this.tiles.has(key)) return this.tiles.get(key);
    const { values, length } = this.levels[level];
    const [width, height] = [Math.min(Tile, length - column * Tile), Math.min(Tile, length - row * Tile)];
    const canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d");
    const pixels = context.createImageData(width, height);
    for (let y = 0, to = 0; y < height; y++) for (let x = 0; x < width; x++, to += 4) {
      const rgb = color(values[(row * Tile + y) * length + column * Tile + x] / this.scale);
      pixels.data[to] = rgb[0]; pixels.data[to + 1] = rgb[1]; pixels.data[to + 2] = rgb[2]; pixels.data[to + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
    this.tiles.set(key, canvas);
    return canvas;
  }

  draw() {
    this.isStale = true;
    this.redraw();
  }

  redraw() {
    this.pending ??= requestAnimationFrame(() => { this.pending = null; this.paint(); });
  }

  paint() {
    if (!this.levels) return;
    const style = getComputedStyle(document.documentElement), soft = style.getPropertyValue("--soft");
    if (this.isStale || soft !== this.soft) this.paintBase(soft);
    const context = this.canvas.getContext("2d"), m = this.margin;
    context.clearRect(0, 0, Side, Side);
    context.drawImage(this.base, 0, 0);
    if (!this.at) return;
    context.save();
    context.beginPath();
    context.rect(m, m, Side - m, Side - m);
    context.clip();
    context.strokeStyle = style.getPropertyValue("--ink");
    context.lineWidth = 2;
    const [x, y] = [m + (this.at[1] - this.x) * this.zoom, m + (this.at[0] - this.y) * this.zoom];
    context.strokeRect(m, y, Side - m, this.zoom);
    context.strokeRect(x, m, this.zoom, Side - m);
    context.restore();
  }

  paintBase(soft) {
    [this.isStale, this.soft] = [false, soft];
    const context = this.base.getContext("2d"), m = this.margin;
    context.clearRect(0, 0, Side, Side);
    const level = Math.min(this.levels.length - 1, Math.max(0, Math.floor(Math.log2(1 / this.zoom))));
    const cell = this.zoom * 2 ** level, { length } = this.levels[level];
    context.save();
    context.beginPath();
    context.rect(m, m, Side - m, Side - m);
    context.clip();
    context.imageSmoothingEnabled = cell < 1;
    const first = (offset) => Math.max(0, Math.floor(offset / 2 ** level / Tile));
    const last = (offset) => Math.min(Math.ceil(length / Tile) - 1, Math.floor((offset + (Side - m) / this.zoom) / 2 ** level / Tile));
    for (let row = first(this.y); row <= last(this.y); row++) for (let column = first(this.x); column <= last(this.x); column++) {
      const tile = this.tile(level, row, column);
      context.drawImage(tile, m + column * Tile * cell - this.x * this.zoom, m + row * Tile * cell - this.y * this.zoom, tile.width * cell, tile.height * cell);
    }
    context.restore();
    this.paintLabels(context, m);
  }

  paintLabels(context, m) {
    context.fillStyle = this.soft;
    const size = Math.min(24, this.zoom * 0.9);
    const every = Math.max(1, Math.ceil(18 / this.zoom));
    context.font = `${every > 1 ? 18 : Math.max(14, size)}px monospace`;
    context.textBaseline = "middle";
    for (let i = Math.floor(this.y); i < Math.min(this.length, this.y + (Side - m) / this.zoom); i++) {
      if (i < 0 || i % every) continue;
      const at = m + (i + 0.5 - this.y) * this.zoom;
      if (at < m) continue;
      context.textAlign = "right";
      context.fillText(this.label(i, every), m - 8, at, m - 10);
    }
    for (let j = Math.floor(this.x); j < Math.min(this.length, this.x + (Side - m) / this.zoom); j++) {
      if (j < 0 || j % every) continue;
      const at = m + (j + 0.5 - this.x) * this.zoom;
      if (at < m) continue;
      context.save();
      context.translate(at, m - 8);
      context.rotate(-Math.PI / 2);
      context.textAlign = "left";
      context.fillText(this.label(j, every), 0, 0, m - 10);
      context.restore();
    }
  }

  label(i, every) { return every > 1 || !this.labels ? String(i) : this.labels[i]; }

  cell(event) {
    const box = this.canvas.getBoundingClientRect(), m = this.margin;
    const [px, py] = [((event.clientX - box.left) * Side) / box.width, ((event.clientY - box.top) * Side) / box.height];
    const [column, row] = [Math.floor((px - m) / this.zoom + this.x), Math.floor((py - m) / this.zoom + this.y)];
    return { px, py, inside: px >= m && py >= m && row >= 0 && column >= 0 && row < this.length && column < this.length ? [row, column] : null };
  }

  hover(at) {
    this.at = at;
    this.told.textContent = at ? this.tell(at) : "Wheel zooms, dragging moves, a click explains the row's token, a double click shows all.";
    this.redraw();
  }

  tell([row, column]) {
    const value = this.levels[0].values[row * this.length + column];
    return `${this.labelled(row)} takes ${value.toPrecision(3)} from ${this.labelled(column)}`;
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = { x: event.clientX, y: event.clientY, moved: false };
  }

  move(event) {
    if (this.drag) {
      const box = this.canvas.getBoundingClientRect();
      const [dx, dy] = [event.clientX - this.drag.x, event.clientY - this.drag.y];
      if (this.drag.moved || Math.hypot(dx, dy) > 4) {
        this.drag = { x: event.clientX, y: event.clientY, moved: true };
        this.pan((-dx * Side) / box.width / this.zoom, (-dy * Side) / box.height / this.zoom);
      }
      return;
    }
    this.hover(this.cell(event).inside);
  }

  up(event) {
    const wasClick = this.drag && !this.drag.moved;
    this.drag = null;
    const at = this.cell(event).inside;
    if (wasClick && at) this.choose(at[0], at[1]);
  }

  wheel(event) {
    event.preventDefault();
    const { px, py } = this.cell(event);
    this.zoomBy(Math.exp(-event.deltaY / 400), px, py);
  }

  zoomBy(factor, px = Side / 2, py = Side / 2) {
    const m = this.margin, smallest = (Side - m) / this.length;
    const zoom = Math.min(160, Math.max(smallest, this.zoom * factor));
    const [cx, cy] = [(px - m) / this.zoom + this.x, (py - m) / this.zoom + this.y];
    this.zoom = zoom;
    [this.x, this.y] = [cx - (px - m) / zoom, cy - (py - m) / zoom];
    this.pan(0, 0);
  }

  pan(dx, dy) {
    const most = Math.max(0, this.length - (Side - this.margin) / this.zoom);
    this.x = Math.min(most, Math.max(0, this.x + dx));
    this.y = Math.min(most, Math.max(0, this.y + dy));
    this.draw();
  }

  key(event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (event.key in steps) {
      const at = this.at ?? [0, 0];
      this.hover([at[0] + steps[event.key][0], at[1] + steps[event.key][1]].map((i) => Math.min(this.length - 1, Math.max(0, i))));
      say(this.told.textContent);
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1.5);
    else if (event.key === "-") this.zoomBy(1 / 1.5);
    else if (event.key === "0") this.fit();
    else if (event.key === "Enter" && this.at) this.choose(this.at[0], this.at[1]);
    else return;
    event.preventDefault();
  }
}
