/** What the points are coloured by. */

import { h, uniqueId } from "../ui/dom.ts";
import type { ColumnInfo } from "../wire/model.ts";

export interface ColorByProps {
  columns: ColumnInfo[];
  /** Name of the column in use. */
  value: string;
}

export interface ColorByOptions {
  onChange(name: string): void;
}

export class ColorByView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #select: HTMLSelectElement;
  #names = "";

  constructor({ onChange }: ColorByOptions) {
    const id = uniqueId("colorby");
    this.#select = h("select", { id, class: "ew-select" });
    const caption = h("label", { for: id, class: "ew-caption" }, "Colour by");
    this.node = h("div", { class: "ew-section" }, caption, this.#select);
    this.#select.addEventListener("change", () => onChange(this.#select.value), {
      signal: this.#off.signal,
    });
  }

  update({ columns, value }: ColorByProps): void {
    const isKnown = columns.some(({ name }) => name === value);
    const names = JSON.stringify([columns, isKnown || value]);
    if (names !== this.#names) {
      this.#names = names;
      const measured = columns.filter(({ source }) => source !== "metadata").map(option);
      const metadata = columns.filter(({ source }) => source === "metadata").map(option);
      // One that is still being measured has its place already.
      if (!isKnown) measured.push(h("option", { value }, `${value} …`));
      this.#select.replaceChildren(
        h("optgroup", { label: "measured" }, measured),
        ...(metadata.length > 0 ? [h("optgroup", { label: "metadata" }, metadata)] : []),
      );
    }
    if (this.#select.value !== value) this.#select.value = value;
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}

function option({ name, title }: ColumnInfo): HTMLElement {
  return h("option", { value: name }, title);
}
