/** Items in rows, of which only those in sight are made: a million take no longer than eight. */

import { h, resizeChildren, setAttributes, setShown, setText, uniqueId } from "../ui/dom.ts";
import { thumbnail } from "./thumbnail.ts";

const ROW_PX = 30;
const HEAD_PX = 30;
const ROWS = 8;
/** Browsers lay out no element that is much higher; what is longer scrolls in larger steps. */
const MOST_PX = 6_000_000;

export interface ItemColumn {
  key: string;
  title: string;
  help: string;
  isNumeric: boolean;
  /** CSS pixels, at least; "grows" takes what is left. */
  width: number;
  grows?: boolean;
}

export interface ItemCells {
  texts: readonly string[];
  image: string | null;
}

export interface ItemTableProps {
  items: Uint32Array;
  columns: readonly ItemColumn[];
  sort: { key: string; descending: boolean } | null;
  focus: number | null;
  hasImages: boolean;
}

export interface ItemTableOptions {
  /** What stands in a row; null while it is asked for. */
  cells(item: number): ItemCells | null;
  /** These items came into sight. */
  onSight(items: number[]): void;
  onSort(key: string): void;
  onHover(item: number | null): void;
  onFocus(item: number): void;
}

interface Row {
  node: HTMLTableRowElement;
  image: HTMLImageElement;
  texts: HTMLElement[];
}

export class ItemTableView {
  readonly node: HTMLElement;
  readonly #options: ItemTableOptions;
  readonly #off = new AbortController();
  readonly #space = h("div", { class: "ew-items-space" });
  readonly #table: HTMLTableElement;
  readonly #cols = h("colgroup");
  readonly #head = h("tr");
  readonly #body = h("tbody");
  readonly #rows: Row[] = [];
  #props: ItemTableProps | null = null;
  /** Index of the first row in sight. */
  #first = 0;
  /** Index of the row that the keyboard is at. */
  #cursor = 0;

  constructor(options: ItemTableOptions) {
    this.#options = options;
    this.#table = h(
      "table",
      { class: "ew-table ew-items", role: "grid", tabindex: 0, "aria-label": "Selected items" },
      this.#cols,
      h("thead", {}, this.#head),
      this.#body,
    );
    this.#space.append(this.#table);
    this.node = h("div", { class: "ew-items-scroller" }, this.#space);
    const { signal } = this.#off;
    this.node.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    this.#table.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#table.addEventListener("click", (event) => this.#click(event), { signal });
    const hover = (event: Event) => options.onHover(this.#itemOf(event.target));
    this.#body.addEventListener("pointerover", hover, { signal });
    this.#body.addEventListener("pointerleave", () => options.onHover(null), { signal });
    this.#table.addEventListener("blur", () => this.#mark(), { signal });
    this.#table.addEventListener("focus", () => this.#mark(), { signal });
  }

  update(props: ItemTableProps): void {
    const isOther = props.items !== this.#props?.items;
    this.#props = props;
    const n = props.items.length;
    this.#showHead(props);
    setAttributes(this.#table, { "aria-rowcount": n + 1 });
    this.#space.style.height = `${HEAD_PX + this.#height}px`;
    // A bar to scroll sideways must not lie over the last row.
    const bar = this.node.offsetHeight - this.node.clientHeight;
    this.node.style.height = `${HEAD_PX + this.#visible * ROW_PX + bar}px`;
    if (isOther) {
      this.#cursor = 0;
      this.node.scrollTop = 0;
      this.#first = 0;
    }
    this.draw();
  }

  /** Fills the rows in sight with what is known now. */
  draw(): void {
    const props = this.#props;
    if (props === null) return;
    const { items, columns, focus, hasImages } = props;
    resizeChildren(this.#body, this.#visible, (i) => this.#row(i).node);
    const missing: number[] = [];
    for (let i = 0; i < this.#visible; i++) {
      const [row, index] = [this.#rows[i], this.#first + i];
      const item = items[index];
      const cells = this.#options.cells(item);
      if (cells === null) missing.push(item);
      setAttributes(row.node, {
        "data-item": item,
        "aria-rowindex": index + 2,
        "aria-selected": item === focus,
        class: cells === null ? "ew-pending" : null,
      });
      setAttributes(row.image, { src: cells?.image });
      setShown(row.image, hasImages);
      for (const [c, column] of columns.entries()) this.#fill(row, c, column, cells);
    }
    this.#mark();
    if (missing.length > 0) this.#options.onSight(missing);
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  get #n(): number {
    return this.#props?.items.length ?? 0;
  }

  get #visible(): number {
    return Math.min(ROWS, this.#n);
  }

  /** CSS pixels of all rows, as far as a page can have them. */
  get #height(): number {
    return Math.min(MOST_PX, this.#n * ROW_PX);
  }

  /** CSS pixels to scroll for one row. */
  get #step(): number {
    const hidden = this.#n - this.#visible;
    return hidden > 0 ? (this.#height - this.#visible * ROW_PX) / hidden : ROW_PX;
  }

  #row(i: number): Row {
    const image = thumbnail("ew-thumb");
    this.#rows[i] ??= { node: h("tr", { id: uniqueId("row") }), image, texts: [] };
    return this.#rows[i];
  }

  #fill(row: Row, c: number, column: ItemColumn, cells: ItemCells | null): void {
    if (!row.texts[c]) {
      row.texts[c] = h("span", { dir: "auto" });
      row.node.append(h("td", {}, c === 0 ? row.image : null, row.texts[c]));
    }
    const text = cells?.texts[c] ?? "";
    const cell = row.texts[c].parentElement as HTMLElement;
    setText(row.texts[c], text);
    setAttributes(cell, { class: classOf(column), title: text });
    while (row.texts.length > (this.#props?.columns.length ?? 0)) {
      row.texts.pop()?.parentElement?.remove();
    }
  }

  #showHead({ columns, sort }: ItemTableProps): void {
    const create = () => h("th", { scope: "col" }, h("button", { type: "button", tabindex: -1 }));
    resizeChildren(this.#head, columns.length, create);
    resizeChildren(this.#cols, columns.length, () => h("col"));
    let least = 0;
    for (const [c, column] of columns.entries()) {
      const { key, title, help, width, grows } = column;
      const cell = this.#head.children[c] as HTMLElement;
      const order = sort?.descending ? "descending" : "ascending";
      setAttributes(cell, {
        class: classOf(column),
        "aria-sort": sort?.key === key ? order : "none",
      });
      const button = cell.firstElementChild as HTMLElement;
      setText(button, title);
      setAttributes(button, { title: help, "data-key": key, dir: "auto", tabindex: 0 });
      (this.#cols.children[c] as HTMLElement).style.width = grows ? "" : `${width}px`;
      least += width;
    }
    this.#table.style.minWidth = `${least}px`;
  }

  /** Shows where the keyboard is, as long as it is here. */
  #mark(): void {
    const isHere = document.activeElement === this.#table;
    const at = this.#cursor - this.#first;
    for (const [i, { node }] of this.#rows.entries()) {
      node.classList.toggle("ew-cursor", isHere && i === at && i < this.#visible);
    }
    const id = at >= 0 && at < this.#visible ? this.#rows[at].node.id : null;
    setAttributes(this.#table, { "aria-activedescendant": id });
  }

  #scrolled(): void {
    const first = Math.round(this.node.scrollTop / this.#step);
    const last = this.#n - this.#visible;
    if (first === this.#first) return;
    this.#first = Math.min(last, Math.max(0, first));
    this.draw();
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#table || this.#n === 0) return;
    const { key } = event;
    if (key === "Enter" || key === " ") this.#focus(this.#cursor);
    else {
      const steps: Record<string, number> = {
        ArrowDown: 1,
        ArrowUp: -1,
        PageDown: ROWS,
        PageUp: -ROWS,
        Home: -this.#n,
        End: this.#n,
      };
      if (!(key in steps)) return;
      this.#cursor = Math.min(this.#n - 1, Math.max(0, this.#cursor + steps[key]));
      this.#reveal(this.#cursor);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #reveal(index: number): void {
    if (index < this.#first) this.#first = index;
    else if (index >= this.#first + this.#visible) this.#first = index - this.#visible + 1;
    this.node.scrollTop = this.#first * this.#step;
    this.draw();
    this.#options.onHover(this.#props?.items[index] ?? null);
  }

  #click(event: Event): void {
    const key = (event.target as Element).closest<HTMLElement>("[data-key]")?.dataset.key;
    if (key !== undefined) {
      this.#options.onSort(key);
      return;
    }
    const row = (event.target as Element).closest("tbody tr");
    // Whoever marks a text to copy it means no click.
    if (row === null || window.getSelection()?.isCollapsed === false) return;
    this.#focus(this.#first + Array.prototype.indexOf.call(this.#body.children, row));
  }

  #focus(index: number): void {
    this.#cursor = index;
    const item = this.#props?.items[index];
    if (item !== undefined) this.#options.onFocus(item);
    this.#mark();
  }

  #itemOf(target: EventTarget | null): number | null {
    const item = (target as Element).closest<HTMLElement>("[data-item]")?.dataset.item;
    return item === undefined ? null : Number(item);
  }
}

function classOf({ isNumeric }: ItemColumn): string | null {
  return isNumeric ? "ew-number-cell" : null;
}
