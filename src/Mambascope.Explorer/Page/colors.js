// The colours of src/Mambascope.Imaging/ColorMap.cs: blue below 0, white at 0, red above, lightness equal on both sides (Oklch).
function oklch(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180), b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const t = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * t,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * t,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * t,
  ].map((linear) => {
    const c = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055));
  });
}

function twoSided(v) {
  const t = Math.abs(v);
  return oklch(0.975 - 0.415 * t ** 1.1, (v < 0 ? 0.17 : 0.2) * Math.sin((Math.PI / 2) * t ** 0.85), v < 0 ? 257 : 34);
}

const table = Array.from({ length: 511 }, (_, i) => twoSided((i - 255) / 255));
export const most = table[510];
export const least = table[0];

// The colour of a share from -1 to 1.
export const color = (share) => table[255 + Math.round(255 * Math.min(1, Math.max(-1, share)))];

// The value at which the scale ends: a quantile of sizes, so that one patch does not take all the colour.
export function reach(values, quantile = 0.97) {
  const sizes = Float32Array.from(values, Math.abs).sort();
  if (sizes.length === 0) return 1;
  const at = sizes[Math.min(sizes.length - 1, Math.max(0, Math.ceil(quantile * sizes.length) - 1))];
  return at || sizes[sizes.length - 1] || 1;
}

export function legend(canvas, isSigned) {
  const [width, context] = [canvas.width = 128, canvas.getContext("2d")];
  canvas.height = 1;
  const pixels = context.createImageData(width, 1);
  for (let x = 0; x < width; x++) {
    const share = isSigned ? (2 * x) / (width - 1) - 1 : x / (width - 1);
    pixels.data.set([...color(share), 255], 4 * x);
  }
  context.putImageData(pixels, 0, 0);
}

// A map of rows x columns as a small picture: opaque colours, or colour by opacity for laying over something.
export function mapPicture(values, rows, columns, scale, isOverlay, opacity = 1) {
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(columns, rows);
  for (let i = 0; i < values.length; i++) {
    const share = values[i] / scale;
    if (isOverlay) {
      const strength = Math.min(1, Math.abs(share));
      pixels.data.set([...(share < 0 ? least : most), 255 * strength * opacity], 4 * i);
    } else {
      pixels.data.set([...color(share), 255], 4 * i);
    }
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
