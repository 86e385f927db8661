/** Neighbours of the focused item in both spaces, side by side, with lines between the shared ones. */

import { h, resizeChildren, setAttributes, setShown, setText, svg } from "../ui/dom.ts";
import type { NeighborLists, Row } from "../wire/model.ts";
import { NeighborTable, type NeighborTableProps } from "./neighbor_table.ts";

export interface NeighborsProps {
  /** The item whose neighbours are shown; null = none. */
  focus: Row | null;
  k: number;
  /** Null while unknown. */
  lists: NeighborLists | null;
  /** What is known of the items in the lists, by row position. */
  rows: Map<number, Row>;
  /** Names of the metadata columns; "" = none. */
  labelName: string;
  imageName: string;
  nameA: string;
  nameB: string;
  distanceNameA: string;
  distanceNameB: string;
  /** The item under the pointer, wherever the pointer is. */
  hover: number | null;
  /** The lists are asked for. */
  pending: boolean;
}

export interface NeighborsOptions {
  onHover(item: number | null): void;
  onFocus(item: number): void;
}

/** Height of a table row in the stylesheet, in CSS pixels. */
const ROW = 27;
/** Characters that the label column has room for. */
const LABEL_MIN = 4;
const LABEL_MAX = 15;
const EMPTY = "Click a point to see its nearest neighbours in both spaces.";
const UNKNOWN = "The neighbours are not known yet.";

export class NeighborsView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #options: NeighborsOptions;
  readonly #a = new NeighborTable("a");
  readonly #b = new NeighborTable("b");
  readonly #note = h("p", { class: "ew-empty" });
  readonly #scroller: HTMLElement;
  readonly #shared = h("div", { class: "ew-gutter-head" });
  readonly #lines = svg("svg", {
    class: "ew-lines",
    preserveAspectRatio: "none",
    "aria-hidden": true,
  });
  #ranksA = new Map<number, number>();
  #ranksB = new Map<number, number>();
  #focused: number | null = null;
  /** Wide enough for every label seen so far, so that the columns do not jump from item to item. */
  #labelWidth = LABEL_MIN;
  #hovered: number | null = null;

  constructor(options: NeighborsOptions) {
    this.#options = options;
    setText(this.#note, EMPTY);
    const gutter = h("div", { class: "ew-gutter" }, this.#shared, this.#lines);
    const lists = h("div", { class: "ew-lists" }, this.#a.node, gutter, this.#b.node);
    this.#scroller = h("div", { class: "ew-scroller", hidden: true }, lists);
    this.node = h(
      "section",
      { class: "ew-neighbors", "aria-label": "Nearest neighbours" },
      this.#note,
      this.#scroller,
    );
    this.#listen();
  }

  update(props: NeighborsProps): void {
    const { focus, k, lists, pending, hover } = props;
    const shown = focus !== null && (lists !== null || pending);
    setShown(this.#scroller, shown);
    setShown(this.#note, !shown);
    setText(this.#note, focus === null ? EMPTY : UNKNOWN);
    if (!shown) return;
    if (focus.item !== this.#focused) this.#scroller.scrollTop = 0;
    this.#focused = focus.item;
    this.#ranksA = ranksOf(lists?.indices_a ?? []);
    this.#ranksB = ranksOf(lists?.indices_b ?? []);
    this.#labelWidth = Math.max(this.#labelWidth, labelWidth(props));
    this.#a.update(tableProps(props, "a", this.#ranksB, this.#labelWidth));
    this.#b.update(tableProps(props, "b", this.#ranksA, this.#labelWidth));
    const pairs = lists === null ? [] : sharedRanks(lists, k);
    setText(this.#shared, lists === null ? "…" : `${pairs.length} of ${k} the same`);
    this.#draw(pairs, k);
    this.#emphasise(hover);
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #listen(): void {
    const { signal } = this.#off;
    const { onHover, onFocus } = this.#options;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ) => this.#scroller.addEventListener(type, listener, { signal });
    on("pointerover", (event) => onHover(itemAt(event)));
    on("pointerleave", () => onHover(null));
    on("focusin", (event) => onHover(itemAt(event)));
    on("focusout", () => onHover(null));
    on("click", (event) => {
      const item = itemAt(event);
      if (item !== null) onFocus(item);
    });
    on("keydown", (event) => this.#key(event));
  }

  #key(event: KeyboardEvent): void {
    const row = (event.target as Element).closest("tr");
    if (row === null) return;
    const [table, other] = row.dataset.side === "a" ? [this.#a, this.#b] : [this.#b, this.#a];
    const index = table.indexOf(row);
    const item = itemAt(event);
    if (event.key === "ArrowDown") table.focusRow(index + 1);
    else if (event.key === "ArrowUp") table.focusRow(index - 1);
    else if (event.key === "Home") table.focusRow(0);
    else if (event.key === "End") table.focusRow(Number.MAX_SAFE_INTEGER);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") other.focusRow(index);
    else if ((event.key === "Enter" || event.key === " ") && item !== null)
      this.#options.onFocus(item);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #draw(pairs: SharedRank[], k: number): void {
    setAttributes(this.#lines, { viewBox: `0 0 100 ${k * ROW}`, style: `height: ${k * ROW}px` });
    resizeChildren(this.#lines, pairs.length, () => svg("path", { class: "ew-line" }));
    for (const [i, path] of Array.from(this.#lines.children).entries()) {
      const { item, rankA, rankB } = pairs[i];
      setAttributes(path, { d: slope(rankA, rankB), "data-item": item });
    }
  }

  #emphasise(hover: number | null): void {
    const mark = (item: number | null, on: boolean) => {
      if (item === null) return;
      for (const row of [
        this.#a.rowAt(this.#ranksA.get(item) ?? 0),
        this.#b.rowAt(this.#ranksB.get(item) ?? 0),
      ]) {
        row?.classList.toggle("ew-hover", on);
      }
    };
    if (hover !== this.#hovered) mark(this.#hovered, false);
    mark(hover, true);
    this.#hovered = hover;
    let met = false;
    for (const path of this.#lines.children) {
      const on = hover !== null && path.getAttribute("data-item") === String(hover);
      path.classList.toggle("ew-hover", on);
      met ||= on;
    }
    this.#lines.classList.toggle("ew-some", met);
  }
}

/** An item that both lists hold within k, with its rank in each, from 1. */
export interface SharedRank {
  item: number;
  rankA: number;
  rankB: number;
}

/** Shared neighbours at k, by rank in A. */
export function sharedRanks({ indices_a, indices_b }: NeighborLists, k: number): SharedRank[] {
  const ranksB = ranksOf(indices_b.subarray(0, k));
  return Array.from(indices_a.subarray(0, k), (item, i) => ({
    item,
    rankA: i + 1,
    rankB: ranksB.get(item) ?? 0,
  })).filter(({ rankB }) => rankB > 0);
}

/** Rank of each item of a list, from 1. */
function ranksOf(items: ArrayLike<number>): Map<number, number> {
  return new Map(Array.from(items, (item, i) => [item, i + 1]));
}

/** Path from the middle of row `rankA` on the left to the middle of row `rankB` on the right. */
function slope(rankA: number, rankB: number): string {
  const [left, right] = [(rankA - 0.5) * ROW, (rankB - 0.5) * ROW];
  return `M0 ${left}C50 ${left} 50 ${right} 100 ${right}`;
}

function itemAt(event: Event): number | null {
  const row = (event.target as Element).closest<HTMLElement>("tr[data-item]");
  return row === null ? null : Number(row.dataset.item);
}

/** Characters of the longest label or the column's name, within reason. */
function labelWidth({ rows, labelName }: NeighborsProps): number {
  let characters = labelName.length;
  for (const { label } of rows.values()) characters = Math.max(characters, label?.length ?? 0);
  return Math.min(LABEL_MAX, Math.max(LABEL_MIN, characters));
}

function tableProps(
  props: NeighborsProps,
  side: "a" | "b",
  otherRanks: Map<number, number>,
  labelWidth: number,
): NeighborTableProps {
  const {
    focus,
    k,
    lists,
    rows,
    labelName,
    imageName,
    nameA,
    nameB,
    distanceNameA,
    distanceNameB,
  } = props;
  const focusLabels = focus?.labels ?? [];
  const shared = { k, otherRanks, rows, focusLabels, labelName, imageName, labelWidth };
  if (side === "a") {
    const { indices_a: items = null, distances_a: distances = [] } = lists ?? {};
    return {
      ...shared,
      items,
      distances,
      name: nameA,
      otherName: nameB,
      distanceName: distanceNameA,
    };
  }
  const { indices_b: items = null, distances_b: distances = [] } = lists ?? {};
  return {
    ...shared,
    items,
    distances,
    name: nameB,
    otherName: nameA,
    distanceName: distanceNameB,
  };
}
