/** When the maps have to move so that the item in focus is in sight, and what they are to show then. */

import type { MapPane } from "./map.ts";

/** The focused item and its neighbours in each space, nearest first. */
export interface Focus {
  readonly item: number;
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
}

/** Items that are to be in sight, by the map. */
export type Wanted = ReadonlyMap<MapPane, ArrayLike<number>>;

export class Seek {
  #focus: Focus | null = null;
  /** Where the item was clicked: what a person looks at stays. */
  #picked: { readonly item: number; readonly pane: MapPane } | null = null;
  /** "new" = it may be out of sight; "alone" = its neighbours were not known yet when it was shown. */
  #state: "new" | "asked" | "alone" | null = null;
  #panes: readonly MapPane[] = [];

  /** The lists may be empty until they are known. */
  setFocus(focus: Focus | null): void {
    if (focus?.item !== this.#focus?.item) this.#state = focus && "new";
    this.#focus = focus;
  }

  pick(item: number, pane: MapPane): void {
    this.#picked = { item, pane };
  }

  /** A person asks for the item in focus, in sight or not. */
  ask(): void {
    this.#state = "asked";
  }

  /** A person moves the maps. */
  drop(): void {
    this.#state = null;
  }

  /** What the maps are to show now; null = they stay. */
  next(panes: readonly MapPane[], isLocked: boolean): Wanted | null {
    const focus = this.#focus;
    if (!focus || !this.#state) return null;
    const hasLists = focus.a.length + focus.b.length > 0;
    if (this.#state === "alone" && !hasLists) return null;
    if (this.#state === "asked") this.#panes = panes;
    if (this.#state === "new") this.#panes = this.#lost(focus.item, panes, isLocked);
    this.#state = hasLists || this.#panes.length === 0 ? null : "alone";
    if (this.#panes.length === 0) return null;
    return new Map(
      this.#panes.map((pane) => [pane, [focus.item, ...Array.from(focus[pane.side])]]),
    );
  }

  /** The maps that have to move for an item. */
  #lost(item: number, panes: readonly MapPane[], isLocked: boolean): readonly MapPane[] {
    const picked = this.#picked?.item === item ? this.#picked.pane : null;
    this.#picked = null;
    if (picked && isLocked) return [];
    const lost = panes.filter((pane) => pane !== picked && !pane.sees(item));
    return lost.length > 0 && isLocked ? panes : lost;
  }
}
