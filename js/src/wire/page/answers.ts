/** Every question of the screen, answered from data in the page. */

import type { Column, Question, RankedBy } from "../model.ts";
import { columnAt } from "./columns.ts";
import { cut } from "./cut.ts";
import type { PageData, PageGraph, PageItem, SharedAt } from "./data.ts";
import { sharedAt, sharedCounts } from "./graph_numbers.ts";
import { ranksBy, textColumns } from "./item_table.ts";
import { itemsWithLabel } from "./label_numbers.ts";
import { SearchIndex } from "./search.ts";

/** JSON, and the arrays that travel beside it. */
export interface PageAnswer {
  result: unknown;
  arrays: ArrayBufferView[];
}

/** Characters of what is shown in a row, and items that a question may be about; as in Python. */
const [MOST_NAME, MOST_TEXT, MOST_ITEMS] = [200, 2000, 2000];
const NO_ITEM = 2 ** 32 - 1;

export class PageAnswers {
  readonly #n: number;
  readonly #nShown: number;
  #data: PageData;
  /** Made of the graph, or of the items, that stand beside it. */
  #counted: (SharedAt & { of: PageGraph }) | null = null;
  #index: { of: readonly PageItem[]; index: SearchIndex } | null = null;

  /** @param n number of items @param nShown columns of the trait `show` */
  constructor(n: number, nShown: number, data: PageData) {
    this.#n = n;
    this.#nShown = nShown;
    this.#data = data;
  }

  /** Answers from other data from now on. */
  know(data: PageData): void {
    this.#data = data;
  }

  /** @throws Error of one line when nothing can answer */
  answer(question: Question): PageAnswer {
    switch (question.kind) {
      case "neighbors":
        return this.#neighbors(this.#item(question.args.item));
      case "rows":
        return this.#rows(question.args.items);
      case "column":
        return this.#column(question.args.name, question.args.k);
      case "quality":
        return { result: known(this.#data.quality, "quality"), arrays: [] };
      case "label_items": {
        const labels = known(this.#data.labels, "the labels of the items");
        const items = itemsWithLabel(labels, question.args.code);
        if (items.length === 0) throw new Error(`there is no label ${question.args.code}`);
        return { result: {}, arrays: [items] };
      }
      case "groups":
        return { result: known(this.#data.groups, "the groups").table, arrays: [] };
      case "group_items":
        return { result: {}, arrays: [this.#groupItems(question.args.row)] };
      case "group_parts": {
        const { row } = question.args;
        const items = this.#groupItems(row);
        const { parts, codes } = known(this.#data.groups, "the groups").parts[row];
        return { result: { parts }, arrays: [items, codes] };
      }
      case "shared":
        return this.#sharedAt(question.args.k);
      case "pair_shared":
        return this.#pairShared(question.args);
      case "search": {
        const { query, limit } = question.args;
        return { result: this.#search.find(query, Math.min(limit, MOST_ITEMS)), arrays: [] };
      }
      case "search_items": {
        const { items } = this.#search.find(question.args.query, this.#data.items.length);
        return { result: {}, arrays: [Uint32Array.from(items).sort()] };
      }
      case "ranks":
        return this.#ranks(question.args.by);
      case "texts": {
        const items = this.#items("texts", question.args.items);
        return { result: { columns: textColumns(items, this.#nShown) }, arrays: [] };
      }
    }
  }

  get #search(): SearchIndex {
    const { items } = this.#data;
    if (this.#index?.of !== items) this.#index = { of: items, index: new SearchIndex(items) };
    return this.#index.index;
  }

  #ranks(by: RankedBy): PageAnswer {
    const { items } = this.#data;
    const isShown = Number.isInteger(by) && Number(by) >= 0 && Number(by) < this.#nShown;
    if (!isShown && !["id", "label", "text"].includes(String(by))) {
      throw new Error(
        `items have no order by ${onOneLine(String(by))}: give id, label, text or a shown column`,
      );
    }
    return { result: {}, arrays: [ranksBy(items, by)] };
  }

  /** Neighbours shared at every k. */
  get shared(): SharedAt {
    if (this.#data.shared) return this.#data.shared;
    const graph = this.#graph();
    if (this.#counted?.of !== graph) {
      this.#counted = { of: graph, k_max: graph.k_max, counts: sharedCounts(graph) };
    }
    return this.#counted;
  }

  #graph(): PageGraph {
    return known(this.#data.graph, "the neighbours");
  }

  #item(item: number): number {
    const last = this.#n - 1;
    if (Number.isInteger(item) && item >= 0 && item <= last) return item;
    throw new Error(`there is no item at position ${item}: they go from 0 to ${last}`);
  }

  #items(kind: string, items: readonly number[]): PageItem[] {
    if (!Array.isArray(items) || items.length > MOST_ITEMS) {
      throw new Error(`${kind}: items must be a list of at most ${MOST_ITEMS} positions`);
    }
    return items.map((item) => this.#data.items[this.#item(item)]);
  }

  #neighbors(item: number): PageAnswer {
    const graph = this.#graph();
    const [start, end] = [item * graph.k_max, (item + 1) * graph.k_max];
    // Whatever the graph is in, the answer is in uint32, and none is its last number.
    const whole = (indices: PageGraph["indices_a"]) =>
      Uint32Array.from(indices.subarray(start, end), (near) => (near < this.#n ? near : NO_ITEM));
    const lists = [
      whole(graph.indices_a),
      graph.distances_a.subarray(start, end),
      whole(graph.indices_b),
      graph.distances_b.subarray(start, end),
    ];
    return { result: {}, arrays: lists };
  }

  #rows(items: readonly number[]): PageAnswer {
    const arrays: ArrayBufferView[] = [];
    const rows = this.#items("rows", items).map((found, at) => {
      const { image, shown } = found;
      if (image) arrays.push(image.bytes);
      const row = {
        item: items[at],
        id: cut(found.id, MOST_NAME),
        label: cut(found.label, MOST_NAME),
        labels: found.labels.map((label) => cut(label, MOST_NAME)),
        text: cut(found.text, MOST_TEXT),
        image: image?.type ?? null,
      };
      return shown ? { ...row, shown: shown.map((text) => cut(text, MOST_TEXT)) } : row;
    });
    return { result: { rows }, arrays };
  }

  #column(name: string, k: number | null): PageAnswer {
    const measured = columnAt(name, k, this.#data);
    if (measured) return measured;
    const { columns } = this.#data;
    const column = columns.get(name);
    if (column) return written(column);
    throw new Error(`there is no column ${onOneLine(name)}`);
  }

  #sharedAt(k: number): PageAnswer {
    const { k_max, counts } = this.shared;
    checkK(k, k_max);
    return { result: {}, arrays: [counts.subarray((k - 1) * this.#n, k * this.#n)] };
  }

  #pairShared({ a, b, k }: { a: number; b: number; k: number }): PageAnswer {
    const { of, k_max } = known(this.#data.spaces?.graphs ?? null, "the neighbours in each space");
    const most = of.length - 1;
    for (const space of [a, b]) {
      if (!(space in of)) throw new Error(`there is no space ${space}: they go from 0 to ${most}`);
    }
    checkK(k, k_max);
    const graph = { k_max, indices_a: of[a].indices, indices_b: of[b].indices };
    return { result: {}, arrays: [sharedAt(graph, k)] };
  }

  #groupItems(row: number): Uint32Array {
    const { items } = known(this.#data.groups, "the groups");
    if (row in items) return items[row];
    throw new Error(`there is no group in row ${row}: they go from 0 to ${items.length - 1}`);
  }
}

/** A text that may be anything, as it stands in a message. */
function onOneLine(text: string): string {
  return cut(text, 60).replace(/[\s\p{C}]+/gu, " ");
}

/** A column as it travels: its values beside the rest. */
function written(column: Column): PageAnswer {
  if (column.kind === "category") {
    const { codes, ...header } = column;
    return { result: header, arrays: [codes] };
  }
  const { values, ...header } = column;
  return { result: header, arrays: [values] };
}

function checkK(k: number, k_max: number): void {
  if (!Number.isInteger(k) || k < 1 || k > k_max) {
    throw new Error(`k must be in 1..${k_max}, not ${k}`);
  }
}

function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`this page does not know ${what}`);
  return value;
}
