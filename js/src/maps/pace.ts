/** Keeps a moving map fluid where drawing is slow: a sample of the points while it moves, all once it rests. */

const FRAME_MS = 40;
const REST_MS = 140;
/** Drawing all points may stop everything for a while, so the pause must be meant. */
const REST_SLOW_MS = 600;
const FEWEST_POINTS = 10_000;
const GROWTH = 1.25;

export class Pace {
  readonly #onRest: () => void;
  /** Share of the points that can be drawn in time, as far as is known. */
  #share = 1;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** The frame whose end is waited for. */
  #frame: { readonly start: number; readonly share: number; readonly sampled: boolean } | null =
    null;

  /** @param onRest called once nothing has moved for a moment, to draw all points */
  constructor(onRest: () => void) {
    this.#onRest = onRest;
  }

  /** The map moves. */
  hurry(): void {
    clearTimeout(this.#resting);
    const pause = Math.min(REST_SLOW_MS, Math.max(REST_MS, FRAME_MS / this.#share));
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#onRest();
    }, pause);
  }

  /** Whether the map has moved a moment ago. */
  get isHurried(): boolean {
    return this.#resting !== undefined;
  }

  /** Share of n points to draw in the frame that begins now, 0..1. */
  begin(n: number): number {
    const sampled = this.isHurried;
    const share = sampled ? Math.min(1, Math.max(FEWEST_POINTS / n, this.#share)) : 1;
    this.#frame = { start: performance.now(), share, sampled };
    return share;
  }

  /** Whether `end` is waited for; browsers hold the next animation frame back until they are done. */
  get isWaiting(): boolean {
    return this.#frame !== null;
  }

  /** The frame is on the screen. */
  end(): void {
    if (!this.#frame) return;
    const { start, share, sampled } = this.#frame;
    const took = performance.now() - start;
    if (took > FRAME_MS) this.#share = (share * FRAME_MS) / took;
    else if (sampled) this.#share = Math.min(1, share * GROWTH);
    this.#frame = null;
  }

  destroy(): void {
    clearTimeout(this.#resting);
  }
}
