/** Makes the maps ready for a hover in pauses, one after the other, so that neither holds a frame up. */

import type { MapPane } from "./map.ts";

/** Nothing is drawn for this long. */
const IDLE_MS = 200;

export class Preparation {
  readonly #panes: readonly MapPane[];
  readonly #isDrawing: () => boolean;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(panes: readonly MapPane[], isDrawing: () => boolean) {
    this.#panes = panes;
    this.#isDrawing = isDrawing;
  }

  /** Begins anew, with the first map or another. */
  start(i = 0): void {
    this.stop();
    this.#idle = setTimeout(() => {
      if (this.#isDrawing()) return this.start(i);
      this.#panes[i].prepare();
      if (i + 1 < this.#panes.length) this.start(i + 1);
    }, IDLE_MS);
  }

  stop(): void {
    clearTimeout(this.#idle);
  }
}
