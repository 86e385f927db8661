/** Points on their way from one pair of maps to the next. */

import { type Box, mixBoxes } from "./camera.ts";

const TRAVEL_MS = 700;
/** Above, a travelling point cloud is too slow to be read as movement. */
const MAX_ITEMS = 500_000;

export class Travel {
  /** Where the points come from, uint16 (n, 2) of each map. */
  readonly from: readonly [Uint16Array, Uint16Array];
  /** What the view showed there. */
  readonly #box: Box;
  readonly #start = performance.now();

  constructor(from: readonly [Uint16Array, Uint16Array], box: Box) {
    this.from = from;
    this.#box = box;
  }

  /** Share of the way that the points have travelled, eased at both ends. */
  get progress(): number {
    const share = Math.min(1, (performance.now() - this.#start) / TRAVEL_MS);
    return share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
  }

  /** What the view shows meanwhile, on its way to `box`. */
  boxTo(box: Box): Box {
    return mixBoxes(this.#box, box, this.progress);
  }
}

/** Whether n points are to travel, where the person has not asked for calm. */
export function mayTravel(n: number): boolean {
  return n <= MAX_ITEMS && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
