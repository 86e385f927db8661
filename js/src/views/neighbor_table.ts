/** The nearest neighbours of the focused item in one space. Rows stay and are refilled, never rebuilt. */

import { h, resizeChildren, setAttributes, setShown, setText } from "../ui/dom.ts";
import { decimalsFor } from "../ui/format.ts";
import type { Row, Side } from "../wire/model.ts";
import { shareLabel } from "../wire/rows.ts";
import { thumbnail } from "./thumbnail.ts";

export interface NeighborTableProps {
  /** Row positions, nearest first; null while they are asked for. */
  items: ArrayLike<number> | null;
  distances: ArrayLike<number>;
  k: number;
  /** Rank of each item in the other space's whole list, from 1. */
  otherRanks: Map<number, number>;
  rows: Map<number, Row>;
  /** Labels of the focused item. */
  focusLabels: string[];
  /** Names of the metadata columns; "" = none. */
  labelName: string;
  imageName: string;
  /** Characters that the label column has room for. */
  labelWidth: number;
  name: string;
  otherName: string;
  /** Head of the column of distances. */
  distanceName: string;
}

interface Cells {
  row: HTMLTableRowElement;
  rank: HTMLElement;
  image: HTMLImageElement;
  box: HTMLElement;
  id: HTMLElement;
  text: HTMLElement;
  label: HTMLElement;
  distance: HTMLElement;
  other: HTMLElement;
}

const OTHER: Record<Side, Side> = { a: "b", b: "a" };

export class NeighborTable {
  readonly node: HTMLTableElement;
  readonly #side: Side;
  readonly #head: Record<"item" | "label" | "distance" | "other", HTMLElement>;
  readonly #labelColumn = h("col", { class: "ew-col-label" });
  readonly #body = h("tbody");
  readonly #cells = new WeakMap<Element, Cells>();
  /** Index of the row that Tab reaches. */
  #cursor = 0;

  constructor(side: Side) {
    this.#side = side;
    const column = (name: string, text = "") =>
      h("th", { scope: "col", class: `ew-cell-${name}` }, text);
    this.#head = {
      item: column("item"),
      label: column("label"),
      distance: column("distance"),
      other: column("other"),
    };
    const { item, label, distance, other } = this.#head;
    // Where it is narrow, "in B" alone is left.
    other.append(h("span", { class: "ew-wide" }, "rank "), `in ${OTHER[side].toUpperCase()}`);
    this.node = h(
      "table",
      { class: `ew-table ew-table-${side}`, role: "grid" },
      h(
        "colgroup",
        {},
        h("col", { class: "ew-col-rank" }),
        h("col", { class: "ew-col-item" }),
        this.#labelColumn,
        h("col", { class: "ew-col-distance" }),
        h("col", { class: "ew-col-other" }),
      ),
      h("thead", {}, h("tr", {}, column("rank", "#"), item, label, distance, other)),
      this.#body,
    );
  }

  update(props: NeighborTableProps): void {
    const { items, distances, k, labelName, name, otherName, distanceName } = props;
    setAttributes(this.node, {
      "aria-label": `Nearest neighbours in ${name}`,
      "aria-busy": items === null,
    });
    setText(this.#head.item, `nearest in ${name}`);
    setText(this.#head.label, labelName);
    setText(this.#head.distance, distanceName);
    setAttributes(this.#head.item, { title: `nearest in ${name}` });
    setAttributes(this.#head.label, { title: labelName });
    setAttributes(this.#head.distance, { title: distanceName });
    setAttributes(this.#head.other, {
      title: `rank of the same item among the neighbours in ${otherName}`,
    });
    setShown(this.#head.label, labelName !== "");
    setShown(this.#labelColumn, labelName !== "");
    this.#labelColumn.style.width = `min(${props.labelWidth}ch + 14px, 13cqi)`;
    const length = items === null ? k : Math.min(k, items.length);
    this.#cursor = Math.min(this.#cursor, Math.max(0, length - 1));
    resizeChildren(this.#body, length, () => this.#row());
    const decimals = decimalsFor(Array.from({ length }, (_, i) => distances[i] ?? 0));
    for (const [i, row] of Array.from(this.#body.children).entries()) {
      const cells = this.#cells.get(row) as Cells;
      setText(cells.rank, String(i + 1));
      setAttributes(row, { tabindex: i === this.#cursor ? 0 : -1 });
      if (items === null) showPending(cells, props);
      else showNeighbor(cells, items[i], distances[i].toFixed(decimals), props);
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

  #row(): HTMLTableRowElement {
    const image = thumbnail("ew-thumb");
    const id = h("span", { class: "ew-item-id" });
    const text = h("span", { class: "ew-item-text" });
    const words = h("div", { class: "ew-item-words" }, id, text);
    const box = h("div", { class: "ew-item-box" }, image, words);
    const rank = h("td", { class: "ew-cell-rank" });
    const label = h("td", { class: "ew-cell-label" });
    const distance = h("td", { class: "ew-cell-distance" });
    const other = h("td", { class: "ew-cell-other" });
    const item = h("td", { class: "ew-cell-item" }, box);
    const row = h(
      "tr",
      { "data-side": this.#side, tabindex: -1 },
      rank,
      item,
      label,
      distance,
      other,
    );
    this.#cells.set(row, { row, rank, image, box, id, text, label, distance, other });
    return row;
  }
}

function showPending(cells: Cells, props: NeighborTableProps): void {
  const { row, image, box, id, text, label, distance, other } = cells;
  setAttributes(row, { class: "ew-pending", "data-item": null });
  setAttributes(box, { title: null });
  setAttributes(image, { src: null });
  setShown(image, props.imageName !== "");
  setShown(label, props.labelName !== "");
  for (const element of [id, text, label, distance, other]) setText(element, "");
  setShown(text, false);
}

function showNeighbor(
  cells: Cells,
  item: number,
  distance: string,
  props: NeighborTableProps,
): void {
  const { k, otherRanks, rows, focusLabels, labelName, imageName } = props;
  const known = rows.get(item);
  const rank = otherRanks.get(item);
  const shared = rank !== undefined && rank <= k;
  const state = `${shared ? "ew-shared" : ""} ${known === undefined ? "ew-pending" : ""}`.trim();
  // What the pointer is on survives: it is set by `hover` alone.
  const hovered = cells.row.classList.contains("ew-hover") ? " ew-hover" : "";
  setAttributes(cells.row, { class: state + hovered, "data-item": item });
  setAttributes(cells.image, { src: known?.image });
  setShown(cells.image, imageName !== "");
  setText(cells.id, known?.id ?? "");
  setText(cells.text, known?.text ?? "");
  setShown(cells.text, (known?.text ?? "") !== "");
  setAttributes(cells.box, {
    title: known && (known.text === null ? known.id : `${known.id}: ${known.text}`),
  });
  setShown(cells.label, labelName !== "");
  setText(cells.label, known?.label ?? "");
  const differs = known && focusLabels.length > 0 && !shareLabel(known.labels, focusLabels);
  setAttributes(cells.label, {
    title: known?.label,
    class: `ew-cell-label${differs ? " ew-differs" : ""}`,
  });
  setText(cells.distance, distance);
  setText(cells.other, rank === undefined ? "–" : String(rank));
}
