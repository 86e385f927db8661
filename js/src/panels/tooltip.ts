/** Beside the point under the pointer: what the item is, asked for when the pointer stays. */

import type { Coloring } from "../color/color.ts";
import { messageOf } from "../ui/errors.ts";
import { TooltipView } from "../views/tooltip.ts";
import type { Row } from "../wire/model.ts";
import type { Store } from "../wire/store.ts";
import { tooltipValues } from "./item_values.ts";

/** A pointer that only passes over a point asks the kernel nothing. */
const HOVER_MS = 60;

export class TooltipPanel {
  readonly node: HTMLElement;
  readonly #store: Store;
  readonly #onError: (message: string) => void;
  readonly #view = new TooltipView();
  #item: number | null = null;
  #coloring: Coloring | null = null;

  constructor(store: Store, onError: (message: string) => void) {
    this.#store = store;
    this.#onError = onError;
    this.node = this.#view.node;
  }

  /** The points have these colours from the next `follow` on. */
  setColoring(coloring: Coloring | null): void {
    this.#coloring = coloring;
  }

  /** @param place where the item's point lies, in CSS pixels of the widget; null = nowhere, and nothing is shown */
  follow(item: number | null, place: { x: number; y: number } | null): void {
    this.#item = item;
    if (item === null || place === null) {
      this.#view.hide();
      return;
    }
    this.#show(item, place).catch((error) => this.#onError(messageOf(error)));
  }

  destroy(): void {
    this.#item = null;
    this.#view.destroy();
  }

  async #show(item: number, place: { x: number; y: number }): Promise<void> {
    const k = this.#store.get("k");
    const { pair } = this.#store.several;
    const shared = await this.#store.shared(k);
    if (this.#item !== item || this.#store.several.pair !== pair) return;
    const known = this.#store.peekRow(item);
    const values = (row: Row | undefined) =>
      tooltipValues(this.#store, this.#coloring, item, row, shared && { n: shared[item], k });
    this.#view.show(known ?? null, values(known), place);
    if (known) return;
    await new Promise((resolve) => setTimeout(resolve, HOVER_MS));
    if (this.#item !== item) return;
    const row = (await this.#store.rows([item])).get(item);
    if (this.#item !== item || this.#store.several.pair !== pair) return;
    if (row) this.#view.show(row, values(row), place);
  }
}
