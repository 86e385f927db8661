/** From item to item by the keyboard: through what is selected, else round the item in focus. */

import { combine } from "../wire/selection.ts";
import type { Store } from "../wire/store.ts";

/** The item `step` after `current` in a row that ends where it begins; its first where `current` is not in it. */
export function stepIn(items: ArrayLike<number>, current: number | null, step: 1 | -1): number {
  const at = current === null ? -1 : Array.prototype.indexOf.call(items, current);
  if (at < 0) return step > 0 ? items[0] : items[items.length - 1];
  return items[(at + step + items.length) % items.length];
}

export class Walk {
  readonly #store: Store;
  /** The item that is walked round, its neighbours in A, and those in B alone; nearest first. */
  #round: readonly number[] = [];
  /** Where the last step led. */
  #stands: number | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  async step(step: 1 | -1): Promise<void> {
    const { selection } = this.#store;
    const focus = this.#store.get("focus");
    const goesOn = focus !== null && focus === this.#stands;
    // One that is selected on the way is not to end the walk.
    if (!goesOn && selection.length > 1) {
      this.#store.set("focus", stepIn(selection, focus, step));
      return;
    }
    if (focus === null || this.#store.get("curve").length === 0) return;
    if (!goesOn) {
      const { indices_a, indices_b } = await this.#store.neighbors(focus);
      if (this.#store.get("focus") !== focus) return;
      const k = this.#store.get("k");
      this.#round = [...new Set([focus, ...indices_a.slice(0, k), ...indices_b.slice(0, k)])];
    }
    this.#stands = stepIn(this.#round, focus, step);
    this.#store.set("focus", this.#stands);
  }

  /** Selects the item in focus, or takes it out again. */
  toggle(): void {
    const focus = this.#store.get("focus");
    if (focus === null) return;
    const { selection } = this.#store;
    const mode = selection.includes(focus) ? "subtract" : "add";
    this.#store.select(combine(selection, Uint32Array.of(focus), mode));
  }
}
