/** A whole map as a small picture. */

import { type Box, occupiedBox, POSITION_MAX } from "./camera.ts";
import { pointStyle } from "./density.ts";
import { coreBox } from "./fit.ts";
import { FRONT, flatten, turnOf } from "./orbit.ts";

/** CSS pixels of a side. */
const SIDE = 96;
const MARGIN = 4;
/** Dots are smaller than on the map, where they stand for themselves. */
const DOT_SHARE = 0.55;
/** Of a place with one point, 0..1. */
const FAINTEST = 0.4;
/** So many points tell what a map occupies as well as all of them. */
const ENOUGH = 5000;

/**
 * Draws a map: where more points lie, it is more opaque, and in their mean colour.
 *
 * @param canvas gets as many pixels as the screen has for 96 CSS pixels; its size on the page is that
 *   of its style
 * @param frame positions, uint16 (n, n_components); maps in 3-D are seen from the front
 * @param codes palette index of each item, (n,)
 * @param palette 256 colours, r g b a each
 */
export function drawThumbnail(
  canvas: HTMLCanvasElement,
  frame: Uint16Array,
  nComponents: number,
  codes: Uint8Array,
  palette: Uint8Array,
): void {
  const side = Math.round(SIDE * devicePixelRatio);
  if (canvas.width !== side) canvas.width = side;
  if (canvas.height !== side) canvas.height = side;
  const flat = nComponents === 3 ? flatten(frame, turnOf(FRONT, [0.5, 0.5, 0.5])) : frame;
  const picture = new ImageData(side, side);
  drawPixels(picture.data, flat, codes, palette, side, devicePixelRatio);
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/** Of the last thumbnail: a screen has many of one size, and new memory takes longer than they do. */
let used = new Uint32Array();

/**
 * @param pixels of an empty picture, r g b a each, row by row from above
 * @param flat uint16 (n, 2)
 * @param ratio pixels for a CSS pixel
 */
export function drawPixels(
  pixels: Uint8ClampedArray,
  flat: Uint16Array,
  codes: Uint8Array,
  palette: Uint8Array,
  side: number,
  ratio: number,
): void {
  const n = flat.length >> 1;
  const { diameter } = pointStyle(n, SIDE * SIDE, 1);
  const radius = Math.max(0.5, (DOT_SHARE * diameter * ratio) / 2);
  const border = Math.floor(radius);
  // Dots at the edge need no test of where they end.
  const width = side + 2 * border;
  const { scale, x0, y0 } = fitted(nearlyAll(flat), side, ratio);
  const disc = discOf(radius, width);
  // Sums of red, green, blue, and the number of points.
  const length = 4 * width * width;
  const sums = used.length === length ? used.fill(0) : new Uint32Array(length);
  used = sums;
  const most = side - 1;
  for (let i = 0; i < n; i++) {
    const x = (x0 + flat[2 * i] * scale) | 0;
    const y = (y0 - flat[2 * i + 1] * scale) | 0;
    // The few that are far from all others.
    if (x < 0 || y < 0 || x > most || y > most) continue;
    const color = 4 * codes[i];
    const [red, green, blue] = [palette[color], palette[color + 1], palette[color + 2]];
    const middle = 4 * ((y + border) * width + x + border);
    for (let d = 0; d < disc.length; d++) {
      const to = middle + disc[d];
      sums[to] += red;
      sums[to + 1] += green;
      sums[to + 2] += blue;
      sums[to + 3]++;
    }
  }
  tone(pixels, sums, side, border);
}

/** Square -> pixels: all of `box` inside the margin. */
function fitted(box: Box, side: number, ratio: number) {
  const room = side - 2 * MARGIN * ratio;
  const extent = Math.max(box.right - box.left, box.top - box.bottom) || 1;
  const scale = room / extent;
  return {
    scale: scale / POSITION_MAX,
    x0: side / 2 - ((box.left + box.right) / 2) * scale,
    y0: side / 2 + ((box.bottom + box.top) / 2) * scale,
  };
}

/** What nearly all points occupy. */
function nearlyAll(flat: Uint16Array): Box {
  const stride = 2 * Math.ceil(flat.length / 2 / ENOUGH);
  if (stride <= 2) return coreBox(occupiedBox(flat), flat);
  const some = new Uint16Array(2 * Math.floor(flat.length / stride));
  for (let i = 0, from = 0; i < some.length; from += stride) {
    some[i++] = flat[from];
    some[i++] = flat[from + 1];
  }
  return coreBox(occupiedBox(some), some);
}

/** Where the sums of a dot's pixels are from those of its middle, in a picture of this width. */
function discOf(radius: number, width: number): number[] {
  const border = Math.floor(radius);
  const disc: number[] = [];
  for (let y = -border; y <= border; y++) {
    for (let x = -border; x <= border; x++) {
      if (x * x + y * y <= radius * radius) disc.push(4 * (y * width + x));
    }
  }
  return disc;
}

/** Colours of the sums without their border, as opaque as the logarithm of their number of points. */
function tone(pixels: Uint8ClampedArray, sums: Uint32Array, side: number, border: number): void {
  const width = side + 2 * border;
  let [total, filled] = [0, 0];
  for (let at = 3; at < sums.length; at += 4) {
    if (sums[at] > 0) filled++;
    total += sums[at];
  }
  // A few times the usual number is full: the fullest pixel may be a heap of equal items.
  const full = Math.ceil((3 * total) / Math.max(1, filled));
  const opacities = Uint8Array.from({ length: full + 1 }, (_, number) => {
    return 255 * (FAINTEST + ((1 - FAINTEST) * Math.log1p(number)) / Math.log1p(full));
  });
  for (let row = 0, to = 0; row < side; row++) {
    let from = 4 * ((row + border) * width + border);
    for (let column = 0; column < side; column++, from += 4, to += 4) {
      const number = sums[from + 3];
      if (number === 0) continue;
      pixels[to] = sums[from] / number;
      pixels[to + 1] = sums[from + 1] / number;
      pixels[to + 2] = sums[from + 2] / number;
      pixels[to + 3] = opacities[Math.min(number, full)];
    }
  }
}
