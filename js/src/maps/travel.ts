/** Points on their way from one pair of maps to the next. */

import { type Box, mixBoxes } from "./camera.ts";

const TRAVEL_MS = 700;
/** Steps that come one after the other are one movement: each takes as long as the next lets it. */
const RHYTHM_MS = 900;
const LEAST_MS = 100;
/** Above, a travelling point cloud is too slow to be read as movement. */
const MAX_ITEMS = 500_000;

/** Positions on both maps, uint16 (n, n_components) each. */
export type Ends = readonly [Uint16Array, Uint16Array];

export class Travel {
  /** Where the points come from; null = they are where they are to be. */
  from: Ends | null = null;
  /** What the view showed there. */
  #box: Box | null = null;
  #start = Number.NEGATIVE_INFINITY;
  #duration = TRAVEL_MS;
  #isSteady = false;

  /**
   * Sets n points out for another place, from where they are now, unless they are too many or the
   * person has asked for calm.
   *
   * @param ends where the last travel was to end
   * @param goals where this one is to end
   * @param box what the view was to show at the end of the last one
   */
  begin(ends: Ends, goals: Ends, n: number, box: Box): void {
    const isAlike = ends.every((positions, i) => positions.length === goals[i].length);
    if (!isAlike || n > MAX_ITEMS || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.end();
      return;
    }
    const [from, share, now] = [this.from, this.progress, performance.now()];
    this.#box = this.boxTo(box);
    this.from = from ? [between(from[0], ends[0], share), between(from[1], ends[1], share)] : ends;
    const pause = now - this.#start;
    this.#isSteady = pause < RHYTHM_MS;
    this.#duration = this.#isSteady ? Math.max(LEAST_MS, Math.min(TRAVEL_MS, pause)) : TRAVEL_MS;
    this.#start = now;
  }

  end(): void {
    this.from = null;
  }

  /** Share of the way that the points have travelled: eased at both ends, unless it is one step of many. */
  get progress(): number {
    if (!this.from) return 1;
    const share = Math.min(1, (performance.now() - this.#start) / this.#duration);
    if (this.#isSteady) return share;
    return share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
  }

  /** What the view shows meanwhile, on its way to `box`. */
  boxTo(box: Box): Box {
    return this.from && this.#box ? mixBoxes(this.#box, box, this.progress) : box;
  }
}

/** Where points are on their way. */
function between(from: Uint16Array, to: Uint16Array, share: number): Uint16Array {
  if (from === to || share === 1) return to;
  const now = new Uint16Array(to.length);
  for (let i = 0; i < now.length; i++) now[i] = from[i] + (to[i] - from[i]) * share + 0.5;
  return now;
}
