/** Below the maps, under no tab: the neighbours of the item in focus in both spaces, and its card. */

import type { Coloring } from "../color/color.ts";
import type { Focus } from "../maps/seek.ts";
import { h } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import { FocusView } from "../views/focus.ts";
import { NeighborsView } from "../views/neighbors.ts";
import type { NeighborLists, Row, TwoOf } from "../wire/model.ts";
import type { Store } from "../wire/store.ts";
import { itemColor } from "./item_values.ts";

export interface FocusPanelOptions {
  /** The item and its neighbours at k, for the maps; null when nothing is in focus. */
  onShow(focus: Focus | null): void;
  onHover(item: number | null): void;
  onError(message: string): void;
}

export class FocusPanel {
  readonly node: HTMLElement;
  /** Of the card: where the way back stands. */
  readonly stepsSlot: HTMLElement;
  readonly undoSlot: HTMLElement;
  readonly #store: Store;
  readonly #options: FocusPanelOptions;
  readonly #neighbors: NeighborsView;
  readonly #card: FocusView;
  #item: number | null = null;
  #pair: TwoOf;
  #lists: NeighborLists | null = null;
  #rows = new Map<number, Row>();
  #coloring: Coloring | null = null;
  #latest = 0;

  constructor(store: Store, options: FocusPanelOptions) {
    this.#store = store;
    this.#options = options;
    this.#pair = store.several.pair;
    this.#neighbors = new NeighborsView({
      onHover: options.onHover,
      onFocus: (item) => store.set("focus", item),
    });
    this.#card = new FocusView();
    this.stepsSlot = this.#card.stepsSlot;
    this.undoSlot = this.#card.undoSlot;
    this.node = h("div", { class: "ew-bottom" }, this.#neighbors.node, this.#card.node);
  }

  /** Follows the traits `focus` and `k`; asks for what is not here yet. */
  async follow(): Promise<void> {
    const item = this.#store.get("focus");
    const turn = ++this.#latest;
    const { pair } = this.#store.several;
    if (this.#pair !== pair) {
      // Neighbours in other spaces than those that are compared now.
      this.#pair = pair;
      this.#lists = null;
      if (item !== null && item === this.#item) this.#draw();
    }
    if (item !== this.#item) {
      // The page below is not to jump when nothing is in focus any more.
      const height = item === null ? this.node.offsetHeight : 0;
      this.node.style.minHeight = height > 0 ? `${height}px` : "";
      this.#item = item;
      this.#lists = null;
      this.#draw();
    }
    if (item === null) return;
    try {
      const asked = this.#store.rows([item]);
      if (this.#store.get("curve").length > 0 && this.#store.hasLists) {
        this.#lists = await this.#store.neighbors(item);
        if (turn !== this.#latest) return;
        this.#draw();
      }
      this.#rows = await asked;
      if (turn !== this.#latest) return;
      this.#draw();
      this.#rows = await this.#store.rows([item, ...this.#shown("a"), ...this.#shown("b")]);
      if (turn === this.#latest) this.#draw();
    } catch (error) {
      if (turn === this.#latest) this.#options.onError(messageOf(error));
    }
  }

  setHover(item: number | null): void {
    this.#neighbors.setHover(item);
  }

  /** The points have these colours now; null = none that say anything. */
  setColoring(coloring: Coloring | null): void {
    this.#coloring = coloring;
    this.#drawWords();
  }

  destroy(): void {
    this.#latest++;
    this.#neighbors.destroy();
    this.#card.destroy();
  }

  #shown(side: "a" | "b"): number[] {
    const indices = side === "a" ? this.#lists?.indices_a : this.#lists?.indices_b;
    return indices ? Array.from(indices.subarray(0, this.#store.get("k"))) : [];
  }

  #draw(): void {
    this.#options.onShow(
      this.#item === null ? null : { item: this.#item, a: this.#shown("a"), b: this.#shown("b") },
    );
    this.#drawWords();
  }

  #drawWords(): void {
    const props = this.#props();
    this.#neighbors.update(props);
    this.#card.update(props);
  }

  /** The row in focus; while it is asked for, its position stands for its id. */
  #focusRow(): Row | null {
    const item = this.#item;
    if (item === null) return null;
    const id = `row ${item}`;
    const unknown = { item, id, label: null, labels: [], text: null, shown: [], image: null };
    return this.#rows.get(item) ?? this.#store.peekRow(item) ?? unknown;
  }

  #props() {
    const [a, b] = [this.#store.get("space_a"), this.#store.get("space_b")];
    const columns = this.#store.get("columns");
    const isNumeric = (name: string) =>
      columns.some((column) => column.name === name && column.kind === "numeric");
    return {
      focus: this.#focusRow(),
      k: this.#store.get("k"),
      lists: this.#lists,
      rows: this.#rows,
      labelName: this.#store.get("label"),
      textName: this.#store.get("text"),
      shown: this.#store.get("show").map((name) => ({ name, isNumeric: isNumeric(name) })),
      color: itemColor(this.#store, this.#coloring),
      imageName: this.#store.get("image"),
      nameA: a.name,
      nameB: b.name,
      distanceNameA: a.distance,
      distanceNameB: b.distance,
      pending: this.#item !== null && this.#lists === null && this.#store.hasLists,
      leftOut: !this.#store.hasLists,
    };
  }
}
