// The questions of the page, answered out of the file that it is in. What needs the model is refused in one line.
import { parse } from "./tensors.js";

const text = document.getElementById("held").textContent, held = JSON.parse(text);

export class Refused extends Error {}

export const isStopped = () => false;
export const file = { ...held, size: text.length };
export const elsewhere = "This needs the model: the command above opens the live page";
export const contents = async () => held.contents;

const [asked, about] = [(parts) => (parts[0] === "pictures" ? "picture" : parts[2] === "text" ? parts[3] : parts[4] ?? "verdict"), new Map()];

// As Holdings.Question writes it.
function question(what, words) {
  const given = Object.entries(words).filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => `${name}=${value}`);
  return given.length ? `${what}?${given.sort().join("&")}` : what;
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function unpacked(key, read) {
  if (!(key in held.answers)) throw new Refused(elsewhere);
  const stream = new Blob([bytes(held.answers[key])]).stream().pipeThrough(new DecompressionStream("gzip"));
  return read(await new Response(stream).arrayBuffer());
}

function answer(key, read) {
  if (!about.has(key)) about.set(key, unpacked(key, read));
  return about.get(key);
}

const numbersOf = (what, words = {}) => answer(question(what, words), parse);
const jsonOf = (what, words = {}) => answer(question(what, words), (buffer) => JSON.parse(new TextDecoder().decode(buffer)));

// One answer was explained, by some methods: those that are asked for are picked out.
const same = (one, other) => String(one ?? "") === String(other ?? "");
const some = (explained, methods) => ({ ...explained, maps: explained.maps.filter((map) => methods.includes(map.method)) });

async function explanation({ method, target }) {
  const found = await numbersOf("explanation");
  if (target !== "" && target !== undefined && !same(target, found.about.target.index)) throw new Refused(elsewhere);
  return { ...found, about: some(found.about, [method].flat()) };
}

async function ofText({ position, target, against, methods }) {
  const found = await jsonOf("explanation"), { pos, next } = { pos: "", next: "", ...held.state };
  if (!same(position, pos) || !same(target, next) || !same(against, held.state.against)) throw new Refused(elsewhere);
  return some(found, methods);
}

// A matrix as it is held, or made of those that are: of both directions, or between words.
const words = ({ layer, direction, view, channel, head }) => ({ layer, direction, view, channel, head });
const isHeld = (asked) => question("attention", asked) in held.answers;

async function attention(asked) {
  if (asked.channels) {
    return asked.token === undefined ? { about: await jsonOf("attention", { channels: asked.channels, ...words(asked) }) } : { about: { top_channels: [] } };
  }
  if (asked.blocks) return isHeld({ layer: asked.layer, blocks: asked.blocks }) ? numbersOf("attention", { layer: asked.layer, blocks: asked.blocks }) : joined(asked);
  if (asked.direction !== "both" || isHeld(words(asked))) return numbersOf("attention", words(asked));
  const [forward, backward] = await Promise.all(["forward", "backward"].map((direction) => numbersOf("attention", { ...words(asked), direction })));
  const { shape, values } = forward.tensors.matrix, other = backward.tensors.matrix.values;
  return { about: { ...forward.about, direction: "both" }, tensors: { matrix: { shape, values: values.map((value, i) => value + other[i]) } } };
}

// Between words: the mean over all pairs of a token in one and a token in the other that is not after it.
async function joined({ layer, blocks }) {
  const [{ tensors }, parts] = await Promise.all([numbersOf("attention", { layer }), jsonOf("blocks", { by: blocks })]);
  const { shape: [length], values } = tensors.matrix, block = new Uint16Array(length), n = parts.length;
  parts.forEach((part, b) => block.fill(b, part.first, part.first + part.tokens));
  const [sums, pairs] = [new Float64Array(n * n), new Float64Array(n * n)];
  for (let i = 0; i < length; i++) for (let j = 0; j <= i; j++) {
    const at = block[i] * n + block[j];
    sums[at] += values[i * length + j];
    pairs[at]++;
  }
  return { about: { blocks: parts }, tensors: { matrix: { shape: [n, n], values: Float32Array.from(sums, (sum, i) => (pairs[i] ? sum / pairs[i] : 0)) } } };
}

// What one token takes in every layer: as it is held, or a row of each matrix that is.
async function layers({ view, token }) {
  const strip = await numbersOf("layers", { view });
  if (token === undefined) return strip;
  const named = held.contents.models[0].scans > 0;
  const rows = await Promise.all(strip.about.rows.map(async ({ layer, part }) => {
    const asked = { layer, view: named ? view : null, direction: part === "forward" || part === "backward" ? part : null };
    if (!isHeld(asked)) return { shape: [0], values: new Float32Array(0) };
    const { shape: [length], values } = (await numbersOf("attention", asked)).tensors.matrix;
    return { shape: [length], values: values.slice(token * length, (token + 1) * length) };
  }));
  return { about: strip.about, tensors: Object.fromEntries(rows.map((row, i) => [`row.${i}`, row])) };
}

const masked = ({ method, threshold }) => numbersOf("mask", { method, threshold: Number(threshold).toFixed(2) });
const refuse = async () => { throw new Refused(elsewhere); };
const pictures = { explanation, attention, layers, mask: masked, verdict: () => numbersOf("verdict") };

// Whether a question would be answered.
export function has(parts, values) {
  const { blocks, direction, layer } = values;
  return blocks ? isHeld({ layer, blocks }) || (isHeld({ layer }) && question("blocks", { by: blocks }) in held.answers)
    : isHeld(words(values)) || (direction === "both" && ["forward", "backward"].every((one) => isHeld({ ...words(values), direction: one })));
}

export const address = (parts) => `data:image/png;base64,${held.answers[asked(parts)]}`;
export const tensors = (key, parts, values) => (pictures[asked(parts)] ?? refuse)(values ?? {});
export const json = (key, parts, values) => ({ verdict: () => jsonOf("verdict"), deletion: () => jsonOf("deletion", { method: values.method }) }[asked(parts)] ?? refuse)();
export const postJson = (key, parts, body) => (asked(parts) === "explanation" ? ofText(body) : refuse());
export const postTensors = (key, parts, body) => attention({ layer: body.layer, blocks: body.blocks });
export const send = refuse;
