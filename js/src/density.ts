/** How large and how opaque points are drawn, so that structure shows at a million as at a hundred. */

export interface PointStyle {
  /** CSS pixels. */
  readonly diameter: number;
  /** 0..1 */
  readonly opacity: number;
}

const DIAMETER_MIN = 1.3;
const DIAMETER_MAX = 11;
const OPACITY_MIN = 0.1;
const OPACITY_MAX = 0.9;

/**
 * The style for n points spread over a map.
 *
 * @param n points drawn
 * @param area CSS pixels of the map
 * @param zoom relative to the fitted view
 */
export function pointStyle(n: number, area: number, zoom: number): PointStyle {
  const room = (area * zoom * zoom) / Math.max(1, n);
  // The fifth root lets sizes span 1.3..11 px over six orders of magnitude, and grow gently with zoom.
  const diameter = clamp(1.9 * room ** 0.2, DIAMETER_MIN, DIAMETER_MAX);
  // Points per pixel of the map. Opacity follows its root and not its inverse: outliers stay visible.
  const cover = (diameter * diameter) / room;
  return { diameter, opacity: clamp(0.85 / Math.sqrt(cover), OPACITY_MIN, OPACITY_MAX) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
