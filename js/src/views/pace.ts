/** Keeps a moving map fluid where drawing is slow: a sample of the points while it moves, all once it rests. */

const REST_MS = 140;
const FRAME_MS = 40;
const FEWEST_POINTS = 20_000;
const GROWTH = 1.2;

export class Pace {
  readonly #onRest: () => void;
  /** Share of the points that was drawn in time lately. */
  #share = 1;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** When the last sample was handed to the graphics card; null when all points were. */
  #drawn: number | null = null;
  #waited = false;

  /** @param onRest called once nothing has moved for a moment, to draw all points */
  constructor(onRest: () => void) {
    this.#onRest = onRest;
  }

  /** The map moves. */
  hurry(): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#onRest();
    }, REST_MS);
  }

  /** A frame had to be left out, because the one before is not finished. */
  wait(): void {
    this.#waited = true;
  }

  /** Share of n points to draw now, 0..1. */
  share(n: number): number {
    const now = performance.now();
    if (this.#drawn !== null) {
      // A frame that nobody waited for was in time, however long ago it was.
      const took = this.#waited ? now - this.#drawn : 0;
      this.#share = took > FRAME_MS ? (this.#share * FRAME_MS) / took : this.#share * GROWTH;
      this.#share = Math.min(1, Math.max(FEWEST_POINTS / n, this.#share));
    }
    this.#waited = false;
    const moving = this.#resting !== undefined;
    this.#drawn = moving ? now : null;
    return moving ? this.#share : 1;
  }

  destroy(): void {
    clearTimeout(this.#resting);
  }
}
