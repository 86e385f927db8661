/** How large and how opaque points are drawn, so that structure shows at a million as at a hundred. */

import { type Box, POSITION_MAX } from "./camera.ts";

export interface PointStyle {
  /** CSS pixels. */
  readonly diameter: number;
  /** 0..1 */
  readonly opacity: number;
}

const DIAMETER_MIN = 1.3;
const DIAMETER_MAX = 11;
const OPACITY_MIN = 0.12;
const OPACITY_MAX = 0.9;
const CELLS = 48;
/** Above, one spot holds nearly everything, and thinner points would only lose the others. */
const CROWDING_MAX = 12;

/**
 * How many times more crowded the place of a typical point is than it would be if all were spread evenly.
 *
 * @param positions uint16 (n, 2)
 * @param box what they occupy
 * @returns 1 = evenly spread, 12 at most
 */
export function crowding(positions: Uint16Array, box: Box): number {
  const n = positions.length >> 1;
  const counts = new Float64Array(CELLS * CELLS);
  const side = Math.max(box.right - box.left, box.top - box.bottom) * POSITION_MAX || 1;
  const [left, bottom] = [box.left * POSITION_MAX, box.bottom * POSITION_MAX];
  const cell = (CELLS - 0.001) / side;
  for (let i = 0; i < n; i++) {
    const column = ((positions[2 * i] - left) * cell) | 0;
    const row = ((positions[2 * i + 1] - bottom) * cell) | 0;
    // The box may leave far points out.
    if (column >= 0 && column < CELLS && row >= 0 && row < CELLS) counts[row * CELLS + column]++;
  }
  // Pairs that share a cell: unlike the number of occupied cells, it means the same for few points and many.
  let pairs = 0;
  for (const count of counts) pairs += count * (count - 1);
  return clamp((pairs * CELLS * CELLS) / Math.max(1, n * (n - 1)), 1, CROWDING_MAX);
}

/**
 * The style for n points on a map: the fourth root spans six orders of magnitude with 1.3 to 11 px.
 *
 * @param n points drawn
 * @param area CSS pixels that n evenly spread points would share: the map's over their crowding
 * @param zoom relative to the fitted view
 */
export function pointStyle(n: number, area: number, zoom: number): PointStyle {
  const room = area / Math.max(1, n);
  const diameter = clamp(2.4 * room ** 0.25 * zoom ** 0.4, DIAMETER_MIN, DIAMETER_MAX);
  // How many points lie over one another. Opacity follows its root and not its inverse: outliers stay visible.
  const layers = (diameter * diameter) / (room * zoom * zoom);
  return { diameter, opacity: clamp(1.3 / Math.sqrt(layers), OPACITY_MIN, OPACITY_MAX) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
