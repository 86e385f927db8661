/** The group whose parts colour the maps, for as long as its items are what is selected. */

import type { GroupParts, TwoOf } from "../wire/model.ts";
import type { Store } from "../wire/store.ts";

/** A row of the groups with its items. */
export interface Chosen {
  readonly row: number;
  /** What became of it: "food: splits into 2 in B". */
  readonly title: string;
  readonly group: GroupParts;
}

export class ChosenGroup {
  #chosen: Chosen | null = null;
  #offered: { items: Uint32Array; chosen: Chosen } | null = null;
  readonly #listeners: (() => void)[] = [];
  readonly #stops: (() => void)[];
  #pair: TwoOf;

  constructor(store: Store) {
    this.#pair = store.several.pair;
    this.#stops = [
      store.events.on("selection", (selection) => {
        // Whatever else selects, by a gesture or from Python, ends it.
        const offered = this.#offered?.items === selection ? this.#offered.chosen : null;
        this.#become(offered);
      }),
      store.events.on("pair", () => {
        // It is a group of two spaces, and of no others.
        if (this.#pair !== store.several.pair) this.drop();
        this.#pair = store.several.pair;
      }),
    ];
  }

  get now(): Chosen | null {
    return this.#chosen;
  }

  /** Calls `listener` when another group is chosen, or none any more. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Once exactly these items are selected, the group is chosen. */
  offer(items: Uint32Array, chosen: Chosen): void {
    this.#offered = { items, chosen };
  }

  /** Other colours were asked for; the selection stays. */
  drop(): void {
    this.#offered = null;
    this.#become(null);
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
  }

  #become(chosen: Chosen | null): void {
    if (chosen === this.#chosen) return;
    this.#chosen = chosen;
    for (const listener of this.#listeners) listener();
  }
}
