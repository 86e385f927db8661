/** The nearest neighbours of the focused item in one space. Rows stay and are refilled, never rebuilt. */

import { type Cut, setCut } from "../ui/cut.ts";
import { h, resizeChildren, setAttributes, setShown, setText } from "../ui/dom.ts";
import type { Row, Side } from "../wire/model.ts";
import { shareLabel } from "../wire/rows.ts";
import { FilmStrip } from "./film_strip.ts";
import type { TableColumn, Tiles } from "./neighbor_columns.ts";
import { thumbnail } from "./thumbnail.ts";

export interface NeighborTableProps {
  /** Row positions, nearest first; null while they are asked for. */
  items: ArrayLike<number> | null;
  k: number;
  /** Rank of each item in the other space's whole list, from 1. */
  otherRanks: Map<number, number>;
  rows: Map<number, Row>;
  /** Labels of the focused item. */
  focusLabels: string[];
  hasImages: boolean;
  name: string;
  columns: TableColumn[];
  /** CSS pixels of each column, 0 = there is no room for it. */
  widths: number[];
  /** What is left out of an id and of a text. */
  cutId(id: string): Cut | null;
  cutText(text: string): Cut | null;
  /** And of a text of a column. */
  cutCell(column: number, text: string): Cut | null;
  /** Null without pictures. */
  tiles: Tiles | null;
}

interface Cells {
  row: HTMLTableRowElement;
  rank: HTMLElement;
  image: HTMLImageElement;
  box: HTMLElement;
  id: HTMLElement;
  text: HTMLElement;
  others: HTMLElement[];
}

export class NeighborTable {
  readonly node: HTMLTableElement;
  readonly strip = new FilmStrip();
  readonly #side: Side;
  readonly #item = h("th", { scope: "col", class: "ew-cell-item" });
  readonly #columns = h("colgroup");
  readonly #head: HTMLElement;
  readonly #stripRow: HTMLElement;
  readonly #stripCell = h("td", { class: "ew-strip-cell" }, this.strip.node);
  readonly #body = h("tbody");
  readonly #cells = new WeakMap<Element, Cells>();
  /** Index of the row that Tab reaches. */
  #cursor = 0;

  constructor(side: Side) {
    this.#side = side;
    const rank = h("th", { scope: "col", class: "ew-cell-rank" }, "#");
    this.#head = h("tr", {}, rank, this.#item);
    // The rows below say all of it.
    this.#stripRow = h("tr", { class: "ew-strip-row", "aria-hidden": true }, this.#stripCell);
    this.node = h(
      "table",
      { class: `ew-table ew-table-${side}`, role: "grid" },
      this.#columns,
      h("thead", {}, this.#head, this.#stripRow),
      this.#body,
    );
  }

  update(props: NeighborTableProps): void {
    const { items, k, name, columns, widths, tiles } = props;
    setAttributes(this.node, {
      "aria-label": `Nearest neighbours in ${name}`,
      "aria-busy": items === null,
    });
    setText(this.#item, `nearest in ${name}`);
    setAttributes(this.#item, { title: `nearest in ${name}` });
    this.#showHead(columns, widths);
    setShown(this.#stripRow, tiles !== null);
    setAttributes(this.#stripCell, { colspan: 2 + widths.filter((width) => width > 0).length });
    if (tiles !== null) this.strip.update({ ...props, tiles });
    const length = items === null ? k : Math.min(k, items.length);
    this.#cursor = Math.min(this.#cursor, Math.max(0, length - 1));
    resizeChildren(this.#body, length, () => this.#row());
    for (const [i, row] of Array.from(this.#body.children).entries()) {
      const cells = this.#cells.get(row) as Cells;
      setText(cells.rank, String(i + 1));
      setAttributes(row, { tabindex: i === this.#cursor ? 0 : -1 });
      this.#resizeRow(cells, columns.length);
      if (items === null) showPending(cells, props);
      else showNeighbor(cells, items[i], props);
      for (const [c, column] of columns.entries()) {
        const cell = cells.others[c];
        const text = column.cells[this.#side][i] ?? "";
        setCut(cell, text, column.isNumeric ? null : props.cutCell(c, text));
        setShown(cell, widths[c] > 0);
        const differs = column.kind === "label" && differsFrom(props, items?.[i]);
        setAttributes(cell, {
          class: `${classOf(column)}${differs ? " ew-differs" : ""}`,
          title: column.kind === "distance" ? null : column.cells[this.#side][i],
          dir: isOfUser(column) ? "auto" : null,
        });
      }
    }
  }

  /** Row of the table that holds an item of the list, by its rank from 1. */
  rowAt(rank: number): HTMLTableRowElement | null {
    return (this.#body.children[rank - 1] as HTMLTableRowElement | undefined) ?? null;
  }

  /** Index of a row of this table, -1 when it belongs to another. */
  indexOf(row: Element): number {
    return Array.prototype.indexOf.call(this.#body.children, row);
  }

  /** Move the keyboard to a row; beyond the ends, to the first or last. */
  focusRow(index: number): void {
    const { children } = this.#body;
    if (children.length === 0) return;
    setAttributes(children[this.#cursor], { tabindex: -1 });
    this.#cursor = Math.min(children.length - 1, Math.max(0, index));
    const row = children[this.#cursor] as HTMLElement;
    setAttributes(row, { tabindex: 0 });
    row.focus();
  }

  #showHead(columns: TableColumn[], widths: number[]): void {
    const fixed = 2;
    resizeChildren(this.#head, fixed + columns.length, () => h("th", { scope: "col" }));
    resizeChildren(this.#columns, fixed + columns.length, (i) =>
      h("col", { class: i === 0 ? "ew-col-rank" : null }),
    );
    for (const [c, column] of columns.entries()) {
      const head = this.#head.children[fixed + c] as HTMLElement;
      const col = this.#columns.children[fixed + c] as HTMLElement;
      setText(head, column.head[this.#side]);
      setAttributes(head, {
        class: classOf(column),
        title: column.help[this.#side],
        dir: isOfUser(column) ? "auto" : null,
      });
      setShown(head, widths[c] > 0);
      setShown(col, widths[c] > 0);
      col.style.width = `${widths[c]}px`;
    }
  }

  #row(): HTMLTableRowElement {
    const image = thumbnail("ew-thumb");
    const text = h("span", { class: "ew-item-text", dir: "auto" });
    const id = h("span", { class: "ew-item-id", dir: "auto" });
    const words = h("div", { class: "ew-item-words" }, text, id);
    const box = h("div", { class: "ew-item-box" }, image, words);
    const rank = h("td", { class: "ew-cell-rank" });
    const item = h("td", { class: "ew-cell-item" }, box);
    const row = h("tr", { "data-side": this.#side, tabindex: -1 }, rank, item);
    this.#cells.set(row, { row, rank, image, box, id, text, others: [] });
    return row;
  }

  #resizeRow({ row, others }: Cells, count: number): void {
    while (others.length > count) others.pop()?.remove();
    while (others.length < count) {
      const cell = h("td");
      others.push(cell);
      row.append(cell);
    }
  }
}

function classOf({ kind, isNumeric }: TableColumn): string {
  return `ew-cell-${kind}${isNumeric ? " ew-number-cell" : ""}`;
}

/** Whether its texts come from the user's data. */
function isOfUser({ kind }: TableColumn): boolean {
  return kind === "label" || kind === "shown" || kind === "color";
}

function differsFrom({ rows, focusLabels }: NeighborTableProps, item: number | undefined): boolean {
  const known = item === undefined ? undefined : rows.get(item);
  return known !== undefined && focusLabels.length > 0 && !shareLabel(known.labels, focusLabels);
}

function showPending(cells: Cells, { hasImages }: NeighborTableProps): void {
  const { row, image, box, id, text } = cells;
  setAttributes(row, { class: "ew-pending", "data-item": null });
  setAttributes(box, { title: null });
  setAttributes(image, { src: null });
  setShown(image, hasImages);
  setCut(id, "", null);
  setCut(text, "", null);
  setShown(text, false);
}

function showNeighbor(cells: Cells, item: number, props: NeighborTableProps): void {
  const { k, otherRanks, rows, hasImages } = props;
  const known = rows.get(item);
  const shared = (otherRanks.get(item) ?? k + 1) <= k;
  const state = `${shared ? "ew-shared" : ""} ${known === undefined ? "ew-pending" : ""}`.trim();
  // What the pointer is on survives: it is set by `hover` alone.
  const hovered = cells.row.classList.contains("ew-hover") ? " ew-hover" : "";
  setAttributes(cells.row, { class: state + hovered, "data-item": item });
  setAttributes(cells.image, { src: known?.image });
  setShown(cells.image, hasImages);
  const [id, text] = [known?.id ?? "", known?.text ?? ""];
  setCut(cells.id, id, props.cutId(id));
  setCut(cells.text, text, props.cutText(text));
  setShown(cells.text, text !== "");
  setAttributes(cells.box, {
    title: known && (known.text === null ? known.id : `${known.id}: ${known.text}`),
  });
}
