// Questions to the server. A question that is asked again stops the one before it: the server then stops computing, too.
const running = new Map();

export class Refused extends Error {}

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

// safetensors: eight bytes of length, a JSON header, the numbers. Little-endian, as every machine with a browser is.
export function parse(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const found = { about: JSON.parse(header.__metadata__?.about ?? "{}"), tensors: {} };
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = entry.data_offsets;
    const bytes = buffer.slice(8 + length + from, 8 + length + to);
    found.tensors[name] = { shape: entry.shape, values: entry.dtype === "U8" ? new Uint8Array(bytes) : new Float32Array(bytes) };
  }
  return found;
}
