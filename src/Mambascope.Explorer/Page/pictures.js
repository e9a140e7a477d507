// The picture view: which picture, which models, and a stage for each model.
import * as api from "./api.js";
import { h, render, segments, toast } from "./dom.js";
import { Stage } from "./stage.js";
import { stageHeads } from "./stagehead.js";
import { set, state } from "./state.js";

export class PictureView {
  constructor(contents) {
    this.contents = contents;
    this.models = contents.models.filter((model) => model.reads === "pictures");
    this.sent = [];
    this.gallery = h("ul", { class: "gallery", "aria-label": "Sample pictures" });
    this.stageBox = h("div", { class: "stages" });
    this.input = h("input", { type: "file", accept: "image/png,image/jpeg,image/webp,image/tiff,.tif,.tiff,.dcm", onchange: () => this.take(this.input.files[0]) });
    this.element = h("div", { class: "columns" },
      h("aside", { class: "card side stack", "aria-label": "Pictures" }, h("h2", {}, "Picture"),
        !api.file && h("label", { class: "drop" }, this.input, h("span", {}, "Drop, paste or choose a picture")), this.gallery,
        api.file && h("p", { class: "note" }, contents.pictures[0])),
      this.stageBox);
    if (api.file) return;
    this.element.addEventListener("dragover", (event) => { event.preventDefault(); this.element.classList.add("dragging"); });
    this.element.addEventListener("dragleave", () => this.element.classList.remove("dragging"));
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      this.element.classList.remove("dragging");
      this.take(event.dataTransfer.files[0]);
    });
    addEventListener("paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
      if (file && state.view === "pictures") this.take(file);
    });
  }

  async take(file) {
    if (!file) return;
    try {
      const taken = await api.send(file);
      this.sent = [taken.picture, ...this.sent.filter((id) => id !== taken.picture)].slice(0, 9);
      set({ p: taken.picture, t: "", pin: "", out: "" });
      toast(`${taken.name}: ${taken.width} × ${taken.height}${taken.notes.length ? `; ${taken.notes.join("; ")}` : ""}`);
    } catch (error) {
      toast(error.message);
    }
    this.input.value = "";
  }

  show() {
    this.drawGallery();
    const first = this.models.find((model) => model.name === state.m) ?? this.models[0];
    const second = this.models.find((model) => model.name === state.m2);
    const wanted = [first, second].filter(Boolean);
    if (!this.stages || this.stages.map((stage) => stage.model).join() !== wanted.join() || this.stages.length !== wanted.length
      || this.stages.some((stage, i) => stage.model !== wanted[i])) {
      this.stages = wanted.map((model, i) => new Stage(model, i ? "second" : "first", this.models));
      render(this.stageBox, this.stages.map((stage) => stage.element));
      this.heads();
      return Promise.all(this.stages.map((stage) => stage.load()));
    }
    this.heads();
    return null;
  }

  change(changed) {
    if ("m" in changed || "m2" in changed) return this.show();
    if ("p" in changed) this.drawGallery();
    return Promise.all(this.stages.map((stage) => {
      const drawn = ["op", "frame"].some((key) => key in changed) && !Object.keys(changed).some((key) => !["op"].includes(key));
      return drawn ? stage.draw() : stage.load(changed);
    }));
  }

  heads() {
    stageHeads(this.stages, this.models, ["m", "m2"], (stage) => stage.parts.models,
      segments("Frame", [["model", "as seen"], ["original", "original"]], state.frame, (frame) => { set({ frame }); this.heads(); }));
  }

  drawGallery() {
    render(this.gallery, [...this.sent, ...this.contents.pictures].map((id) => h("li", {}, h("button", {
      type: "button", "aria-pressed": String(id === state.p), title: id, "data-key": `picture-${id}`,
      onclick: () => set({ p: id, t: "", pin: "", out: "" }),
    }, h("img", { src: api.address(["pictures", id], { side: 112 }), alt: this.contents.pictures.includes(id) ? id.replace(/^\d+-/, "").replaceAll("-", " ") : "your picture", loading: "lazy", width: 56, height: 56 })))));
  }
}
