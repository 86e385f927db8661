/** Spatial index over quantised positions: the nearest point for hover and click, and all points in a lasso. */

import { fromMask } from "../wire/selection.ts";
import { type Box, POSITION_MAX } from "./camera.ts";

const POINTS_PER_CELL = 4;
const SIDE_BITS_MAX = 9;

/** A square grid of cells over the unit square, filled once by a counting sort. */
export class Grid {
  readonly #positions: Uint16Array;
  /** A position shifted right by this many bits is its column or row. */
  readonly #shift: number;
  readonly #side: number;
  /** (side * side + 1,): where each cell begins in `#items`, row by row from below. */
  readonly #starts: Uint32Array;
  /** (n,): items in the order of their cells. */
  readonly #items: Uint32Array;

  /** @param positions uint16 (n, 2) */
  constructor(positions: Uint16Array) {
    const n = positions.length >> 1;
    const bits = Math.ceil(Math.log2(Math.max(1, n / POINTS_PER_CELL)) / 2);
    const shift = 16 - Math.min(SIDE_BITS_MAX, bits);
    const side = 1 << (16 - shift);
    const starts = new Uint32Array(side * side + 1);
    const cells = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const cell = (positions[2 * i + 1] >> shift) * side + (positions[2 * i] >> shift);
      cells[i] = cell;
      starts[cell + 1]++;
    }
    for (let cell = 0; cell < side * side; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice();
    const items = new Uint32Array(n);
    for (let i = 0; i < n; i++) items[next[cells[i]]++] = i;
    this.#positions = positions;
    this.#shift = shift;
    this.#side = side;
    this.#starts = starts;
    this.#items = items;
  }

  /** The item nearest to (x, y) and at most `radius` away, all in units of the square; null when none is. */
  nearest(x: number, y: number, radius: number): number | null {
    const positions = this.#positions;
    const px = x * POSITION_MAX;
    const py = y * POSITION_MAX;
    const most = radius * POSITION_MAX;
    const left = this.#cell(px - most);
    const right = this.#cell(px + most);
    const last = this.#cell(py + most);
    let found: number | null = null;
    let best = most * most;
    for (let row = this.#cell(py - most); row <= last; row++) {
      const end = this.#starts[row * this.#side + right + 1];
      for (let at = this.#starts[row * this.#side + left]; at < end; at++) {
        const item = this.#items[at];
        const dx = positions[2 * item] - px;
        const dy = positions[2 * item + 1] - py;
        const distance = dx * dx + dy * dy;
        if (distance <= best) {
          best = distance;
          found = item;
        }
      }
    }
    return found;
  }

  /** Whether any item lies in a part of the plane. */
  hasAny({ left, bottom, right, top }: Box): boolean {
    const [west, east] = [left * POSITION_MAX, right * POSITION_MAX];
    const [south, north] = [bottom * POSITION_MAX, top * POSITION_MAX];
    if (east < 0 || north < 0 || west > POSITION_MAX || south > POSITION_MAX) return false;
    const [from, to] = [this.#cell(west), this.#cell(east)];
    for (let row = this.#cell(south); row <= this.#cell(north); row++) {
      // The cells of a row lie one behind the other.
      const end = this.#starts[row * this.#side + to + 1];
      for (let at = this.#starts[row * this.#side + from]; at < end; at++) {
        const [x, y] = [this.#x(at), this.#y(at)];
        if (x >= west && x <= east && y >= south && y <= north) return true;
      }
    }
    return false;
  }

  /**
   * Items inside a polygon by the even-odd rule, ascending.
   *
   * @param polygon x, y of each corner in units of the square; closed by itself
   */
  inPolygon(polygon: ArrayLike<number>): Uint32Array {
    const corners = Float64Array.from(polygon, (value) => value * POSITION_MAX);
    const mask = new Uint8Array(this.#items.length);
    for (const [row, edges] of this.#edgesByRow(corners)) this.#markRow(row, edges, mask);
    return fromMask(mask);
  }

  /** Which edges pass through each row of cells; x0, y0, x1, y1 of each edge. */
  #edgesByRow(corners: Float64Array): Map<number, number[]> {
    const rows = new Map<number, number[]>();
    for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
      const y0 = corners[j + 1];
      const y1 = corners[i + 1];
      // An edge above or below the square meets no point; clamping it to the first row would be harmless but slow.
      if (Math.max(y0, y1) < 0 || Math.min(y0, y1) > POSITION_MAX) continue;
      const last = this.#cell(Math.max(y0, y1));
      for (let row = this.#cell(Math.min(y0, y1)); row <= last; row++) {
        const edges = rows.get(row);
        if (edges) edges.push(corners[j], y0, corners[i], y1);
        else rows.set(row, [corners[j], y0, corners[i], y1]);
      }
    }
    return rows;
  }

  #markRow(row: number, edges: number[], mask: Uint8Array): void {
    const side = this.#side;
    const low = row << this.#shift;
    const high = low + (1 << this.#shift);
    const crossed = new Uint8Array(side);
    for (let e = 0; e < edges.length; e += 4) {
      const [from, to] = spanInRow(edges, e, low, high);
      crossed.fill(1, this.#cell(from), this.#cell(to) + 1);
    }
    // Between two crossed cells the answer is the same for all points, so one test serves a run of cells.
    let inside: boolean | null = null;
    for (let column = 0; column < side; column++) {
      const start = this.#starts[row * side + column];
      const end = this.#starts[row * side + column + 1];
      if (crossed[column]) {
        inside = null;
        this.#markCell(start, end, edges, mask);
      } else if (start < end) {
        inside ??= isInside(edges, this.#x(start), this.#y(start));
        if (inside) for (let at = start; at < end; at++) mask[this.#items[at]] = 1;
      }
    }
  }

  #markCell(start: number, end: number, edges: number[], mask: Uint8Array): void {
    for (let at = start; at < end; at++) {
      if (isInside(edges, this.#x(at), this.#y(at))) mask[this.#items[at]] = 1;
    }
  }

  #x(at: number): number {
    return this.#positions[2 * this.#items[at]];
  }

  #y(at: number): number {
    return this.#positions[2 * this.#items[at] + 1];
  }

  #cell(position: number): number {
    return Math.min(POSITION_MAX, Math.max(0, position)) >> this.#shift;
  }
}

/** The range of x that edge `e` has between two heights, one step wider on either side against rounding. */
function spanInRow(edges: number[], e: number, low: number, high: number): [number, number] {
  const [x0, y0, x1, y1] = [edges[e], edges[e + 1], edges[e + 2], edges[e + 3]];
  const at = (y: number) => x0 + ((x1 - x0) * (y - y0)) / (y1 - y0);
  const bottom = Math.max(low, Math.min(y0, y1));
  const top = Math.min(high, Math.max(y0, y1));
  const from = y0 === y1 ? x0 : at(bottom);
  const to = y0 === y1 ? x1 : at(top);
  return [Math.min(from, to) - 1, Math.max(from, to) + 1];
}

/** Even-odd rule with the edges that reach the height y. */
function isInside(edges: number[], x: number, y: number): boolean {
  let inside = false;
  for (let e = 0; e < edges.length; e += 4) {
    const y0 = edges[e + 1];
    const y1 = edges[e + 3];
    if (
      y0 > y !== y1 > y &&
      x < ((edges[e] - edges[e + 2]) * (y - y1)) / (y0 - y1) + edges[e + 2]
    ) {
      inside = !inside;
    }
  }
  return inside;
}
