// What a view is called outside of the page: on a command line, in C#, as a picture, as numbers.
import * as api from "./api.js";
import { numbers, state } from "./state.js";
import { csharp, shell, xml } from "./words.js";

const line = (...words) => words.filter((word) => word !== null && word !== undefined && word !== "").join(" ");

export const shareOf = (view) => (state.view === "text" ? new SharedText(view.stages)
  : state.view === "series" ? new SharedSeries(view.stages, view.entry) : new SharedPicture(view.stages));

class SharedSeries {
  constructor(stages, entry) {
    [this.stages, this.stage, this.entry] = [stages, stages[0], entry];
    this.name = `${entry.name}.${this.stage.model.name}`.replace(/[^\w.-]/g, "-");
  }

  commandLine() {
    return this.stages.flatMap((stage) => [
      line("mambascope explain", shell(this.entry.name), "--model", shell(stage.model.source), stage.target && stage.target.value === undefined ? `--target ${stage.target.index}` : null,
        stage.methods.map((name) => `--method ${name}`).join(" ")),
      ...(state.spin === "" ? [] : [line("mambascope attention", shell(this.entry.name), "--model", shell(stage.model.source), `--layer ${stage.layer}`,
        stage.model.scans === 2 ? `--direction ${state.sdir}` : null, stage.model.scans > 0 ? `--view ${state.spart}` : null)]),
    ]).join("\n");
  }

  csharp() {
    const [file, one] = this.entry.name.split("#");
    return ["using Mambascope.Application;", "using Mambascope.Attribution;", "using Mambascope.Models;", "",
      `using var model = SeriesModel.Open(${csharp(this.stage.model.source)});`, `var data = model.Read(${csharp(file)});`,
      `var why = Explaining.Explain<float>(model, new SeriesSubject(data, data.Find(${csharp(one ?? "0")})), new()`, "{",
      this.stage.target && this.stage.target.value === undefined ? `    Target = ${csharp(String(this.stage.target.index))},` : null,
      `    Methods = [new(AttributionMethods.Find(${csharp(this.stage.methods[0])}, model.Model.Shape))],`, "});", "var map = why.Maps[0].Map.Values;",
    ].filter((one) => one !== null).join("\n");
  }

  async png() {
    return drawn(this.svg());
  }

  // The curves and strips as they stand on the page.
  svg() {
    const rows = [...this.stage.element.querySelectorAll(".curve-row:not(.axis)")], [left, width, gap] = [160, 760, 10];
    let [y, out] = [40, ""];
    for (const row of rows) {
      const curve = row.querySelector("path"), strip = row.querySelector("canvas"), height = curve ? 120 : 20;
      out += `<text x="8" y="${y + height / 2 + 4}">${xml(row.querySelector(".note").innerText.replace(/\s+/g, " "))}</text>`;
      if (curve) {
        out += `<svg x="${left}" y="${y}" width="${width}" height="${height}" viewBox="0 0 1000 120" preserveAspectRatio="none"><rect width="1000" height="120" fill="#eef1f6"/>`
          + `<path d="${curve.getAttribute("d")}" fill="none" stroke="#151a23" stroke-width="1.6" vector-effect="non-scaling-stroke"/></svg>`;
      } else {
        out += `<image x="${left}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" image-rendering="pixelated" href="${strip.toDataURL()}"/>`;
      }
      y += height + gap;
    }
    const title = `${this.entry.name}, ${this.stage.model.name}: ${this.stage.target?.label ?? ""}`;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="940" height="${y + 10}" viewBox="0 0 940 ${y + 10}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#ffffff"/><text x="8" y="24" font-size="16">${xml(title)}</text>${out}</svg>`;
  }

  numbers() {
    return this.stages.map((stage) => ({
      model: stage.model.name, series: this.entry.name, answers: stage.about.top, about: stage.data.maps?.about, ...arrays(stage.data.verdict), maps: arrays(stage.data.maps),
    }));
  }
}

// An SVG as a PNG of twice its size.
async function drawn(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth * 2, image.naturalHeight * 2);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/png" });
}

class SharedPicture {
  constructor(stages) {
    [this.stages, this.stage] = [stages, stages[0]];
    this.name = `${state.p}.${this.stage.model.name}.${state.tool}`.replace(/[^\w.-]/g, "-");
  }

  get file() {
    return api.file ? api.file.input : state.p.includes(".") ? state.p : /^[0-9a-f]{24}$/.test(state.p) ? "PICTURE.png" : state.p === "two-items" ? "samples/two-items.png"
      : `samples/${state.p.includes("-and-") ? "two-items" : "scenes"}/${state.p}.png`;
  }

  commandLine() {
    const { stage } = this;
    return this.stages.map(({ model }, i) => {
      const one = this.stages[i];
      if (state.tool === "look") {
        const unit = state.unit === "" ? null : model.heads && model.scans === 0 ? `--head ${state.unit}` : `--channel ${state.unit}`;
        return line("mambascope attention", shell(this.file), "--model", shell(model.source), "--layer", String(one.layer),
          model.scans === 2 ? `--direction ${state.dir}` : null, model.scans > 0 ? `--view ${state.part}` : null, unit);
      }
      const mask = state.tool === "why" && state.thr !== "" && i === 0 ? `--mask mask.png --boxes boxes.json --box-rule all --threshold ${state.thr}` : null;
      const methods = state.tool === "why" && state.thr === "" ? one.methods : [one.method];
      return line("mambascope explain", shell(this.file), "--model", shell(model.source), `--target ${one.target.index}`,
        methods.map((name) => `--method ${name}`).join(" "), mask);
    }).join("\n") || stage.model.name;
  }

  csharp() {
    const { stage } = this, { model } = stage;
    const head = ["using Mambascope.Application;", "using Mambascope.Imaging;", "using Mambascope.Models;"];
    const open = [
      `using var model = ImageClassifier.Open(${csharp(model.source)});`,
      `var picture = new PictureSubject(${csharp(this.file)}, model.Preprocess(ImageFile.Read(${csharp(this.file)}).Image));`,
    ];
    if (state.tool === "look") {
      const scan = { both: "Both", forward: "Forward", backward: "Backward" }[state.dir];
      const part = { s6: "S6", block: "Block" }[state.part];
      const unit = state.unit === "" ? "" : model.heads && model.scans === 0 ? `, Head = ${state.unit}` : `, Channel = ${state.unit}`;
      return [...head, "using Mambascope.Attention;", "", ...open,
        `var shown = Attending.Show<float>(model, picture, new() { Layer = ${stage.layer}, View = AttentionView.${part}, Directions = ScanDirections.${scan}${unit} });`,
        state.pin === "" ? "Console.WriteLine(shown.Greatest);"
          : `var row = shown.Matrix.Row(${stage.token(+state.pin)}).ToArray();`].join("\n");
    }
    if (state.tool === "without") {
      return [...head, "using Mambascope.Evaluation.Perturbation;", "", ...open,
        `var trial = PatchTrial.Run(model, picture, [${numbers(state.out).join(", ")}], Erasers.Find(${csharp(state.fill)}));`,
        "foreach (var (before, after) in trial.Before.Zip(trial.After))", "{", "    Console.WriteLine($\"{before} -> {after}\");", "}"].join("\n");
    }
    return [...head, "using Mambascope.Attribution;", "", ...open,
      `var why = Explaining.Explain<float>(model, picture, new()`, "{",
      `    Target = ${csharp(String(stage.target.index))},`,
      `    Methods = [new(AttributionMethods.Find(${csharp(stage.method)}, model.Model.Shape))],`, "});",
      "var map = why.Maps[0].Map;", "ImageFile.SavePng(HeatMap.Overlay(picture.Input.Image, map.Values, map.Rows, map.Columns), \"why.png\", overwrite: true);"].join("\n");
  }

  async png() {
    const side = this.stage.canvas.width, all = new OffscreenCanvas(side * this.stages.length, side), context = all.getContext("2d");
    this.stages.forEach((stage, i) => context.drawImage(stage.canvas, i * side, 0));
    return all.convertToBlob({ type: "image/png" });
  }

  svg() {
    const side = this.stage.canvas.width;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side * this.stages.length} ${side + 40}" font-family="sans-serif" font-size="24">${this.stages.map((stage, i) =>
      `<image x="${i * side}" y="0" width="${side}" height="${side}" href="${stage.canvas.toDataURL()}"/><text x="${i * side + 8}" y="${side + 28}">${xml(`${stage.model.name}: ${stage.target.label}${state.tool === "why" ? `, ${stage.method}` : ""}`)}</text>`).join("")}</svg>`;
  }

  numbers() {
    return this.stages.map((stage) => ({
      model: stage.model.name, picture: state.p, answers: stage.data.verdict?.top,
      ...(state.tool === "why" ? { about: stage.data.maps?.about, maps: arrays(stage.data.maps), deletion: stage.data.deletion, mask: stage.data.mask?.about } : {}),
      ...(state.tool === "look" ? { about: stage.data.matrix?.about, layers: stage.data.strip?.about.rows, ...arrays(stage.data.matrix) } : {}),
      ...(state.tool === "without" ? stage.data.trial : {}),
    }));
  }
}

class SharedText {
  constructor(stages) {
    [this.stages, this.stage] = [stages, stages[0]];
    this.name = `text.${this.stage.model.name}`;
  }

  get cuts() {
    return (state.cut ? state.cut.split(";") : []).map((word) => word.match(/^(\d+)-(\d+)>(\d+)-(\d+)(?:@(\d+))?$/)).filter(Boolean);
  }

  commandLine() {
    const input = state.ids ? `--tokens ${state.ids}` : `--text ${shell(state.text)}`;
    return this.stages.flatMap((stage) => {
      const { why } = stage.data, position = `--position ${why.position}`;
      const explain = line("mambascope explain", input, "--model", shell(stage.model.source), position, `--target ${why.target.id}`,
        why.against ? `--against ${why.against.id}` : null, `--method ${stage.method}`);
      // The command line cuts one bundle of edges at a time.
      const cuts = this.cuts.map(([, a, b, c, d, layer]) => line("mambascope knockout", input, "--model", shell(stage.model.source),
        `--source ${a === b ? a : `${a}-${b}`}`, `--from ${c === d ? c : `${c}-${d}`}`, layer === undefined ? null : `--layers ${layer}`, state.taps && stage.model.scans > 0 ? "--taps" : null, position, `--target ${why.target.id}`));
      const shown = state.panel === "matrix" ? [line("mambascope attention", input, "--model", shell(stage.model.source), `--layer ${stage.layer}`, state.blocks ? `--blocks ${state.blocks}` : null)] : [];
      return [explain, ...cuts, ...shown];
    }).join("\n");
  }

  csharp() {
    const { stage } = this, { why } = stage.data;
    const input = state.ids ? `new TextInput(Text: null, Ids: [${state.ids.split(",").join(", ")}], File: null)` : `new TextInput(${csharp(state.text)}, Ids: null, File: null)`;
    const lines = ["using Mambascope.Application;", "using Mambascope.Attribution;", "using Mambascope.Models;", "",
      `using var model = TextModel.Open(${csharp(stage.model.source)});`, `var text = ${input}.Read(model);`,
      "var why = Explaining.Explain<float>(model, text, new()", "{",
      `    Token = ${why.position},`, `    Target = ${csharp(String(why.target.id))},`, why.against ? `    Against = ${csharp(String(why.against.id))},` : null,
      `    Methods = [new(AttributionMethods.Find(${csharp(stage.method)}, model.Model.Shape))],`, "});", "var map = why.Maps[0].Map.Values;"];
    if (this.cuts.length) {
      const span = (a, b) => (a === b ? `[${a}]` : `[.. Enumerable.Range(${a}, ${b - a + 1})]`);
      lines.push(`var trial = EdgeTrial.Run<float>(model, text,`, "[",
        ...this.cuts.map(([, a, b, c, d, layer]) => `    new() { Sources = ${span(+a, +b)}, Targets = ${span(+c, +d)}${layer === undefined ? "" : `, Layers = [${layer}]`}${state.taps && stage.model.scans > 0 ? ", CutsTaps = true" : ""} },`),
        `], position: ${why.position});`, "Console.WriteLine(trial.After.MaxBy(answer => answer.Score));");
    }
    return lines.filter((one) => one !== null).join("\n");
  }

  async png() {
    if (state.panel === "matrix") return new Promise((resolve) => this.stage.matrix.canvas.toBlob(resolve));
    return drawn(this.svg());
  }

  // The text with its colours; where arcs are shown, those above it.
  svg() {
    const { why } = this.stage.data, values = why.maps[0].values, largest = Math.max(...values.map(Math.abs)) || 1;
    const style = getComputedStyle(document.documentElement), [pro, con] = ["--for", "--against"].map((name) => `rgb(${style.getPropertyValue(name).trim().split(/\s+/).join(",")})`);
    let [x, y, out] = [16, 40, ""];
    for (const piece of why.pieces) {
      const share = values.slice(piece.first, piece.first + piece.tokens).reduce((a, b) => a + b, 0) / largest;
      const shown = piece.text === "\n" ? "" : piece.text, width = [...shown].length * 9.6;
      if (x + width > 900) [x, y] = [16, y + 30];
      if (shown) {
        out += `<rect x="${x}" y="${y - 18}" width="${width}" height="26" fill="${share < 0 ? con : pro}" fill-opacity="${(0.72 * Math.min(1, Math.abs(share))).toFixed(3)}"/>`
          + `<text x="${x}" y="${y}" xml:space="preserve">${xml(shown)}</text>`;
      }
      x += width;
      if (piece.text.includes("\n")) [x, y] = [16, y + 30];
    }
    return `<svg xmlns="http://www.w3.org/2000/svg" width="920" height="${y + 30}" viewBox="0 0 920 ${y + 30}" font-family="monospace" font-size="16"><rect width="100%" height="100%" fill="#ffffff"/>${out}</svg>`;
  }

  numbers() {
    return this.stages.map((stage) => ({ model: stage.model.name, explanation: stage.data.why, attention: stage.data.attention?.about, ...arrays(stage.data.attention), cut: stage.data.cut }));
  }
}

const arrays = (found) => Object.fromEntries(Object.entries(found?.tensors ?? {}).map(([name, { shape, values }]) => [name, { shape, values: [...values] }]));
