/** Every question of the screen, answered from data in the page. */

import type { Column, Question, RankedBy } from "../model.ts";
import { columnAt } from "./columns.ts";
import type { PageData, PageGraph } from "./data.ts";
import { sharedCounts } from "./graph_numbers.ts";
import { ranksBy, textColumns } from "./item_table.ts";
import { itemsWithLabel } from "./label_numbers.ts";
import { SearchIndex } from "./search.ts";

/** JSON, and the arrays that travel beside it. */
export interface PageAnswer {
  result: unknown;
  arrays: ArrayBufferView[];
}

export class PageAnswers {
  readonly #data: PageData;
  #shared: Uint8Array | null = null;
  #index: SearchIndex | null = null;

  constructor(data: PageData) {
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
      case "search": {
        const { query, limit } = question.args;
        return { result: this.#search.find(query, limit), arrays: [] };
      }
      case "search_items": {
        const { items } = this.#search.find(question.args.query, this.#data.items.length);
        return { result: {}, arrays: [Uint32Array.from(items).sort()] };
      }
      case "ranks":
        return this.#ranks(question.args.by);
      case "texts": {
        const items = question.args.items.map((item) => this.#data.items[this.#item(item)]);
        return { result: { columns: textColumns(items) }, arrays: [] };
      }
    }
  }

  get #search(): SearchIndex {
    this.#index ??= new SearchIndex(this.#data.items);
    return this.#index;
  }

  #ranks(by: RankedBy): PageAnswer {
    const { items } = this.#data;
    const nShown = items[0]?.shown?.length ?? 0;
    const isShown = Number.isInteger(by) && Number(by) >= 0 && Number(by) < nShown;
    if (!isShown && !["id", "label", "text"].includes(String(by))) {
      throw new Error(`items have no order by ${by}: give id, label, text or a shown column`);
    }
    return { result: {}, arrays: [ranksBy(items, by)] };
  }

  /** Neighbours shared at every k, uint8 (k_max, n). */
  get shared(): Uint8Array {
    this.#shared ??= sharedCounts(this.#graph());
    return this.#shared;
  }

  #graph(): PageGraph {
    return known(this.#data.graph, "the neighbours");
  }

  #item(item: number): number {
    const last = this.#data.items.length - 1;
    if (Number.isInteger(item) && item >= 0 && item <= last) return item;
    throw new Error(`there is no item at position ${item}: they go from 0 to ${last}`);
  }

  #neighbors(item: number): PageAnswer {
    const graph = this.#graph();
    const [start, end] = [item * graph.k_max, (item + 1) * graph.k_max];
    const lists = [
      // Whatever the graph is in, the answer is in uint32.
      Uint32Array.from(graph.indices_a.subarray(start, end)),
      graph.distances_a.subarray(start, end),
      Uint32Array.from(graph.indices_b.subarray(start, end)),
      graph.distances_b.subarray(start, end),
    ];
    return { result: {}, arrays: lists };
  }

  #rows(items: readonly number[]): PageAnswer {
    const arrays: ArrayBufferView[] = [];
    const rows = items.map((item) => {
      const { id, label, labels, text, shown, image } = this.#data.items[this.#item(item)];
      if (image) arrays.push(image.bytes);
      const row = { item, id, label, labels, text, image: image?.type ?? null };
      return shown ? { ...row, shown } : row;
    });
    return { result: { rows }, arrays };
  }

  #column(name: string, k: number | null): PageAnswer {
    const measured = columnAt(name, k, this.#data);
    if (measured) return measured;
    const { columns } = this.#data;
    const column = columns.get(name);
    if (column) return written(column);
    throw new Error(`there is no column ${name}; there are ${[...columns.keys()].join(", ")}`);
  }

  #sharedAt(k: number): PageAnswer {
    const { k_max } = this.#graph();
    if (!Number.isInteger(k) || k < 1 || k > k_max) {
      throw new Error(`k must be in 1..${k_max}, not ${k}`);
    }
    const n = this.#data.items.length;
    return { result: {}, arrays: [this.shared.subarray((k - 1) * n, k * n)] };
  }

  #groupItems(row: number): Uint32Array {
    const { items } = known(this.#data.groups, "the groups");
    if (row in items) return items[row];
    throw new Error(`there is no group in row ${row}: they go from 0 to ${items.length - 1}`);
  }
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

function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`this page does not know ${what}`);
  return value;
}
