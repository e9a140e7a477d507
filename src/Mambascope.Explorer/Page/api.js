// Questions to the server. A question that is asked again stops the one before it: the server then stops computing, too.
import { parse } from "./tensors.js";

const running = new Map();

export class Refused extends Error {}

// A saved page has another file in the place of this one: there is what it holds, and why something cannot be asked.
export const file = null;
export const elsewhere = null;
export const has = () => true;

async function ask(address, options, tries = 6) {
  const answer = await fetch(address, options);
  if (answer.status === 429 && tries > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(answer.headers.get("Retry-After")) || 1)));
    options?.signal?.throwIfAborted();
    return ask(address, options, tries - 1);
  }
  if (!answer.ok) {
    const why = await answer.json().catch(() => ({}));
    throw new Refused(why.error ?? `the server answered ${answer.status}`);
  }
  return answer;
}

// What takes long says how far it is.
function follow(job) {
  const place = document.getElementById("working");
  let events = null;
  const timer = setTimeout(() => {
    place.textContent = "working …";
    events = new EventSource(`/api/progress/${job}`);
    events.addEventListener("step", (event) => {
      const step = JSON.parse(event.data);
      place.textContent = step.share === null || step.share === undefined ? step.what : `${step.what}, ${Math.round(100 * step.share)} %`;
    });
  }, 900);
  return () => {
    clearTimeout(timer);
    if (events === null) return;
    events.close();
    place.textContent = "";
  };
}

// One question of a kind at a time: key names the kind.
async function only(key, work) {
  running.get(key)?.abort();
  const control = new AbortController(), job = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", "");
  running.set(key, control);
  const end = follow(job);
  try {
    return await work(control.signal, job);
  } finally {
    end();
    if (running.get(key) === control) running.delete(key);
  }
}

export const isStopped = (error) => error?.name === "AbortError";

function query(values) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") search.append(name, one);
    }
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

const path = (parts) => `/api/${parts.map(encodeURIComponent).join("/")}`;
export const address = (parts, values) => path(parts) + query(values);

const get = (parts, values, signal, job) => ask(address(parts, values), { signal, headers: { "X-Job": job } });
const post = (parts, body, signal, job) => ask(path(parts), {
  method: "POST", signal, headers: { "Content-Type": "application/json", "X-Job": job }, body: JSON.stringify(body),
});
const numbersOf = async (answer) => parse(await answer.arrayBuffer());
export const contents = () => json("contents", ["contents"]);
export const json = (key, parts, values) => only(key, async (signal, job) => (await get(parts, values, signal, job)).json());
export const tensors = (key, parts, values) => only(key, async (signal, job) => numbersOf(await get(parts, values, signal, job)));
export const postJson = (key, parts, body) => only(key, async (signal, job) => (await post(parts, body, signal, job)).json());
export const postTensors = (key, parts, body) => only(key, async (signal, job) => numbersOf(await post(parts, body, signal, job)));

export async function send(file) {
  const answer = await ask(`/api/pictures${query({ name: file.name })}`, {
    method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file,
  });
  return answer.json();
}
