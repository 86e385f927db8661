/** Neighbours of the focused item in both spaces, side by side, with lines between the shared ones. */

import { cutMiddle, sharedBeginnings } from "../ui/cut.ts";
import { h, resizeChildren, setAttributes, setShown, setText, svg } from "../ui/dom.ts";
import { widthsLike } from "../ui/measure.ts";
import type { NeighborLists, Row } from "../wire/model.ts";
import {
  fitColumns,
  fitTiles,
  LEAST_ID,
  LEAST_SHARE,
  LEAST_TEXT,
  type Need,
  needOf,
  RANK_WIDTH,
  type TableColumn,
} from "./neighbor_columns.ts";
import { NeighborTable, type NeighborTableProps } from "./neighbor_table.ts";
import { columnsOf, type ItemColor, type ShownColumn } from "./neighbor_texts.ts";

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
  textName: string;
  imageName: string;
  /** More of them, as in `Row.shown`. */
  shown: ShownColumn[];
  /** What the points are coloured by; null while it is unknown, or shown in any case. */
  color: ItemColor | null;
  nameA: string;
  nameB: string;
  distanceNameA: string;
  distanceNameB: string;
  /** The lists are asked for. */
  pending: boolean;
  /** They never will be: the page was made without them. */
  leftOut: boolean;
}

export interface NeighborsOptions {
  onHover(item: number | null): void;
  onFocus(item: number): void;
}

/** CSS pixels: of a row with an id alone, with a text of one line above it, and of two. */
const ROW_HEIGHTS = [27, 40, 56];
const [TEXT_SIZE, ID_SIZE, SMALL_SIZE] = [12.5, 12.5, 11];
/** What an item's cell has beside its words: padding, and a picture. */
const [CELL_PADDING, THUMB] = [14, 29];
/** Lines break at words, so that two of them hold a little less than their length. */
const FILLED = 0.92;
/** Tables from this width on have room for longer heads. */
const WIDE = 360;
const EMPTY = "Click a point to see its nearest neighbours in both spaces.";
const UNKNOWN = "The neighbours are not known yet.";
const LEFT_OUT =
  "This page has no lists of neighbours of these spaces: they were left out to keep its file small.";

export class NeighborsView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #options: NeighborsOptions;
  readonly #a = new NeighborTable("a");
  readonly #b = new NeighborTable("b");
  readonly #note = h("p", { class: "ew-empty" });
  readonly #scroller: HTMLElement;
  readonly #lists: HTMLElement;
  readonly #gutter: HTMLElement;
  /** As wide as the tables, and of no height: what is laid out by its width never changes it. */
  readonly #ruler = h("div", { class: "ew-ruler" });
  readonly #resized: ResizeObserver;
  readonly #shared = h("div", { class: "ew-gutter-head" });
  readonly #lines = svg("svg", {
    class: "ew-lines",
    preserveAspectRatio: "none",
    "aria-hidden": true,
  });
  #props: NeighborsProps | null = null;
  #ranksA = new Map<number, number>();
  #ranksB = new Map<number, number>();
  #focused: number | null = null;
  /** Widest cell of each column seen so far, so that they do not jump from item to item. */
  #widest = new Map<string, number>();
  /** Lines of the longest text seen so far. */
  #textLines = 0;
  #hovered: number | null = null;

  constructor(options: NeighborsOptions) {
    this.#options = options;
    setText(this.#note, EMPTY);
    this.#gutter = h("div", { class: "ew-gutter" }, this.#shared, this.#lines);
    this.#lists = h("div", { class: "ew-lists" }, this.#a.node, this.#gutter, this.#b.node);
    this.#scroller = h("div", { class: "ew-scroller", hidden: true }, this.#ruler, this.#lists);
    this.node = h(
      "section",
      { class: "ew-neighbors", role: "group", "aria-label": "Nearest neighbours" },
      this.#note,
      this.#scroller,
    );
    this.#resized = new ResizeObserver(() => {
      this.#textLines = 0;
      this.#layout();
    });
    this.#resized.observe(this.#ruler);
    this.#listen();
  }

  update(props: NeighborsProps): void {
    const { focus, lists, pending, leftOut } = props;
    const shown = focus !== null && (lists !== null || pending);
    setShown(this.#scroller, shown);
    setShown(this.#note, !shown);
    setText(this.#note, leftOut ? LEFT_OUT : focus === null ? EMPTY : UNKNOWN);
    this.#props = shown ? props : null;
    if (!shown) return;
    if (focus.item !== this.#focused) this.#scroller.scrollTop = 0;
    this.#focused = focus.item;
    this.#ranksA = ranksOf(lists?.indices_a ?? []);
    this.#ranksB = ranksOf(lists?.indices_b ?? []);
    this.#layout();
  }

  /** Marks the item under the pointer, wherever the pointer is. */
  setHover(item: number | null): void {
    if (item !== this.#hovered) this.#emphasise(item);
  }

  destroy(): void {
    this.#off.abort();
    this.#resized.disconnect();
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
      // Whoever drags over a text wants to have it, and not to go on.
      if (item !== null && !isSelecting(this.#scroller)) onFocus(item);
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

  /** Fits what is known into the width that there is. */
  #layout(): void {
    const props = this.#props;
    // A table whose columns need more is wider than its place.
    const width = Math.floor((this.#ruler.clientWidth - this.#gutter.offsetWidth) / 2);
    // In a tab that is not shown it has none, and will be observed to get one.
    if (props === null || width <= 0) return;
    const { focus, k, lists, rows, textName, imageName, nameA, nameB } = props;
    const columns = columnsOf(
      {
        ...props,
        ranks: { a: this.#ranksA, b: this.#ranksB },
        names: { a: nameA, b: nameB },
        distanceNames: { a: props.distanceNameA, b: props.distanceNameB },
      },
      width >= WIDE,
    );
    const room = width - RANK_WIDTH - CELL_PADDING - (imageName === "" ? 0 : THUMB);
    const least = Math.max(textName === "" ? LEAST_ID : LEAST_TEXT, LEAST_SHARE * room);
    const widths = fitColumns(this.#needs(columns), room, least);
    const words = room - widths.reduce((sum, some) => sum + some, 0);
    const cuts = this.#cuts(props, words);
    const tiles = imageName === "" ? null : fitTiles(width - CELL_PADDING, k);
    this.#setHeights(textName !== "", tiles?.height ?? 0, k);
    const table = {
      ...{ k, rows, columns, widths, tiles, ...cuts },
      cutCell: this.#cellCut(columns, widths),
      focusLabels: focus?.labels ?? [],
      hasImages: imageName !== "",
    } satisfies Partial<NeighborTableProps>;
    const [itemsA, itemsB] = [lists?.indices_a ?? null, lists?.indices_b ?? null];
    this.#a.update({ ...table, items: itemsA, otherRanks: this.#ranksB, name: nameA });
    this.#b.update({ ...table, items: itemsB, otherRanks: this.#ranksA, name: nameB });
    const pairs = lists === null ? [] : sharedRanks(lists, k);
    setText(this.#shared, lists === null ? "…" : `${pairs.length} of ${k} the same`);
    this.#draw(pairs, k);
    this.#emphasise(this.#hovered);
  }

  /** What each column asks for. */
  #needs(columns: TableColumn[]): Need[] {
    const [cells, heads] = [widthsLike(this.node, TEXT_SIZE), widthsLike(this.node, 12, 600)];
    return columns.map((column) => {
      const { kind, index, head, cells: texts } = column;
      const key = `${kind} ${index} ${head.a}`;
      const widest = Math.max(this.#widest.get(key) ?? 0, ...[...texts.a, ...texts.b].map(cells));
      this.#widest.set(key, widest);
      return needOf(column, Math.max(heads(head.a), heads(head.b)), widest);
    });
  }

  /** What is left out of the texts of the columns. */
  #cellCut(columns: TableColumn[], widths: number[]): NeighborTableProps["cutCell"] {
    const cells = widthsLike(this.node, TEXT_SIZE);
    const found = columns.map(({ cells: { a, b } }) => sharedBeginnings([...a, ...b]));
    return (c, text) => cutMiddle(text, found[c].get(text) ?? 0, widths[c] - CELL_PADDING, cells);
  }

  /** What is left out of ids and texts in so many pixels; counts the lines of the texts. */
  #cuts({ k, lists, rows, textName }: NeighborsProps, room: number) {
    const near = lists && [...lists.indices_a.subarray(0, k), ...lists.indices_b.subarray(0, k)];
    const found = (near ?? []).flatMap((item) => rows.get(item) ?? []);
    const idWidth = widthsLike(this.node, textName === "" ? ID_SIZE : SMALL_SIZE);
    const textWidth = widthsLike(this.node, TEXT_SIZE);
    const texts = found.map(({ text }) => text ?? "");
    const isLong = texts.some((text) => textWidth(text) > room);
    this.#textLines = Math.max(this.#textLines, isLong ? 2 : 1);
    const textRoom = this.#textLines === 1 ? room : FILLED * 2 * room;
    const [ids, beginnings] = [
      sharedBeginnings(found.map(({ id }) => id)),
      sharedBeginnings(texts),
    ];
    return {
      cutId: (id: string) => cutMiddle(id, ids.get(id) ?? 0, room, idWidth),
      cutText: (text: string) => cutMiddle(text, beginnings.get(text) ?? 0, textRoom, textWidth),
    };
  }

  #setHeights(hasTexts: boolean, strip: number, k: number): void {
    const row = ROW_HEIGHTS[hasTexts ? this.#textLines : 0];
    const { style } = this.#lists;
    style.setProperty("--ew-row", `${row}px`);
    style.setProperty("--ew-text-lines", String(this.#textLines));
    setAttributes(this.#lists, { "data-texts": hasTexts });
    setAttributes(this.#lines, {
      viewBox: `0 0 100 ${k * row}`,
      style: `height: ${k * row}px; margin-top: ${strip}px`,
    });
  }

  #draw(pairs: SharedRank[], k: number): void {
    resizeChildren(this.#lines, pairs.length, () => svg("path", { class: "ew-line" }));
    const height = Number(this.#lines.getAttribute("viewBox")?.split(" ")[3]) / k;
    for (const [i, path] of Array.from(this.#lines.children).entries()) {
      const { item, rankA, rankB } = pairs[i];
      setAttributes(path, { d: slope(rankA, rankB, height), "data-item": item });
    }
  }

  #emphasise(hover: number | null): void {
    const mark = (item: number | null, on: boolean) => {
      if (item === null) return;
      const [rankA, rankB] = [this.#ranksA.get(item) ?? 0, this.#ranksB.get(item) ?? 0];
      for (const [{ strip }, row, rank] of [
        [this.#a, this.#a.rowAt(rankA), rankA],
        [this.#b, this.#b.rowAt(rankB), rankB],
      ] as const) {
        row?.classList.toggle("ew-hover", on);
        strip.tileAt(rank)?.classList.toggle("ew-hover", on);
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
function slope(rankA: number, rankB: number, height: number): string {
  const [left, right] = [(rankA - 0.5) * height, (rankB - 0.5) * height];
  return `M0 ${left}C50 ${left} 50 ${right} 100 ${right}`;
}

function itemAt(event: Event): number | null {
  const found = (event.target as Element).closest<HTMLElement>("[data-item]:is(tr, .ew-tile)");
  return found === null ? null : Number(found.dataset.item);
}

/** Whether text within an element is selected. */
function isSelecting(element: HTMLElement): boolean {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed) return false;
  return selection.containsNode(element, true);
}
