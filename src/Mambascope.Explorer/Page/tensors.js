// safetensors: eight bytes of length, a JSON header, the numbers. Little-endian, as every machine with a browser is.
const kinds = {
  F32: (bytes) => new Float32Array(bytes), F64: (bytes) => new Float64Array(bytes), U8: (bytes) => new Uint8Array(bytes),
  F16: (bytes) => Float32Array.from(new Uint16Array(bytes), half),
};

// A number of 16 bits: sign, five bits of exponent, ten of fraction.
function half(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return exponent === 31 ? (fraction ? NaN : sign * Infinity) : sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

export function parse(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const found = { about: JSON.parse(header.__metadata__?.about ?? "{}"), tensors: {} };
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = entry.data_offsets;
    found.tensors[name] = { shape: entry.shape, values: kinds[entry.dtype](buffer.slice(8 + length + from, 8 + length + to)) };
  }
  return found;
}
