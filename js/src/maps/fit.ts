/** What the first view shows: everything, or nearly everything when a few far points would waste the map. */

import { type Box, type Insets, occupiedBox, POSITION_MAX } from "./camera.ts";
import { distances, type Place, squareOf } from "./orbit.ts";

/** Share of the points that may be left out along an axis. */
const FAR_SHARE = 0.005;
/** An axis keeps its far points unless it gets shorter than this share of its full length. */
const SHORTER = 0.8;
/** Room on each side of the near points, as a share of their extent. */
const AIR = 0.05;

/** What points occupy on the page. */
export interface Extent {
  /** All of them. */
  readonly full: Box;
  /** Nearly all of them. */
  readonly core: Box;
  /** Of the unit square or cube: what stays where it is when the maps are turned. */
  readonly middle: Place;
}

/** @param arrays uint16 (n, n_components) each, of one map or of many */
export function extentOf(arrays: readonly Uint16Array[], nComponents: number): Extent {
  if (nComponents === 3) return ballOf(arrays);
  const full = occupiedBox(...arrays);
  return { full, core: coreBox(full, ...arrays), middle: [0.5, 0.5, 0.5] };
}

/** Of points in 3-D: squares that hold them however they are turned, so that nothing jumps meanwhile. */
function ballOf(arrays: readonly Uint16Array[]): Extent {
  // Turned about a point that a few far ones pull aside, the others would swing instead.
  const middle = [middleOf(arrays, 0), middleOf(arrays, 1), middleOf(arrays, 2)] as const;
  const counts = distances(arrays, middle);
  const most = counts.reduce((last, count, i) => (count > 0 ? i : last), 0);
  const enough = (1 - FAR_SHARE) * counts.reduce((sum, count) => sum + count, 0);
  let near = 0;
  for (let held = counts[0]; held < enough && near < most; held += counts[++near]);
  const full = squareOf(most / counts.length);
  const core = squareOf(((1 + 2 * AIR) * near) / counts.length);
  const isShorter = near > 0 && (1 + 2 * AIR) * near < SHORTER * most;
  return { full, core: isShorter ? core : full, middle };
}

/** The middle of what nearly all points occupy along an axis; uint16 (n, 3) each. */
function middleOf(arrays: readonly Uint16Array[], axis: number): number {
  let [low, high] = [POSITION_MAX, 0];
  for (const positions of arrays) {
    for (let i = axis; i < positions.length; i += 3) {
      if (positions[i] < low) low = positions[i];
      if (positions[i] > high) high = positions[i];
    }
  }
  const [near, far] = core(arrays, axis, 3, low / POSITION_MAX, high / POSITION_MAX);
  return (near + far) / 2;
}

/**
 * The part of `full` that holds nearly all points; `full` itself where no few points stretch it.
 *
 * @param full the smallest box around all points
 * @param arrays uint16 (n, 2) each
 */
export function coreBox(full: Box, ...arrays: Uint16Array[]): Box {
  const [left, right] = core(arrays, 0, 2, full.left, full.right);
  const [bottom, top] = core(arrays, 1, 2, full.bottom, full.top);
  // Nearly all in one place: nothing to enlarge, and the far points are all there is to see.
  return right > left || top > bottom ? { left, bottom, right, top } : full;
}

/** `near` when it makes the picture clearly larger on a map of this size, else `full`. */
export function boxToFit(full: Box, near: Box, width: number, height: number, insets: Insets): Box {
  const roomX = Math.max(1, width - insets.left - insets.right);
  const roomY = Math.max(1, height - insets.top - insets.bottom);
  const need = (box: Box) =>
    Math.max((box.right - box.left) / roomX, (box.top - box.bottom) / roomY);
  return need(near) < SHORTER * need(full) ? near : full;
}

/** Ends of one axis of the core: the shortest stretch with enough of the points, and some air. */
function core(
  arrays: readonly Uint16Array[],
  axis: number,
  nComponents: number,
  low: number,
  high: number,
): [number, number] {
  const counts = new Uint32Array(POSITION_MAX + 1);
  let total = 0;
  for (const positions of arrays) {
    for (let i = axis; i < positions.length; i += nComponents) counts[positions[i]]++;
    total += positions.length / nComponents;
  }
  const enough = total - Math.floor(FAR_SHARE * total);
  let [start, end] = [0, POSITION_MAX];
  for (let from = 0, to = 0, held = 0; to <= POSITION_MAX; to++) {
    held += counts[to];
    // A stretch that begins at an empty place is not the shortest.
    while (held - counts[from] >= enough) held -= counts[from++];
    if (held >= enough && to - from < end - start) [start, end] = [from, to];
  }
  const air = (AIR * (end - start)) / POSITION_MAX;
  const near = Math.max(low, start / POSITION_MAX - air);
  const far = Math.min(high, end / POSITION_MAX + air);
  return far - near < SHORTER * (high - low) ? [near, far] : [low, high];
}

/** How many points of uint16 (n, 2) lie outside a part of the unit square. */
export function countOutside(positions: Uint16Array, { left, bottom, right, top }: Box): number {
  const [west, east] = [left * POSITION_MAX, right * POSITION_MAX];
  const [south, north] = [bottom * POSITION_MAX, top * POSITION_MAX];
  let outside = 0;
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i], positions[i + 1]];
    if (x < west || x > east || y < south || y > north) outside++;
  }
  return outside;
}
