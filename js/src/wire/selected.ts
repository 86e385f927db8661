/** The selected items of a page: the trait `selected`, a text that every host carries both ways. */

import type { Model } from "./model.ts";
import { itemsInText, selectionText } from "./selection.ts";

export class Selected {
  /** Sorted row positions; empty = nothing selected. */
  items: Uint32Array;
  readonly #model: Model;
  readonly #onItems: (items: Uint32Array) => void;
  /** What the trait was when `items` were taken out of it or written into it. */
  #text: string;
  readonly #onTrait = (): void => {
    const text = this.#model.get("selected");
    if (text === this.#text) return;
    this.#text = text;
    this.items = itemsInText(text, this.#model.get("n_items"));
    this.#onItems(this.items);
  };

  /** @param onItems called with the items whenever the kernel selects others */
  constructor(model: Model, onItems: (items: Uint32Array) => void) {
    this.#model = model;
    this.#onItems = onItems;
    this.#text = model.get("selected");
    this.items = itemsInText(this.#text, model.get("n_items"));
    model.on("change:selected", this.#onTrait);
  }

  /** Writes the items into the trait, which is not sent yet. */
  write(): void {
    this.#text = selectionText(this.items, this.#model.get("n_items"));
    this.#model.set("selected", this.#text);
  }

  destroy(): void {
    this.#model.off("change:selected", this.#onTrait);
  }
}
