/** What the screen asks for by name: columns, tables of measured numbers, and items behind their rows. */

import { asFloat32, asUint16, asUint32 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import { Latest, remember } from "./latest.ts";
import type {
  Column,
  GroupParts,
  GroupTable,
  ItemTexts,
  QualityTable,
  Question,
  RankedBy,
  SearchResult,
} from "./model.ts";

/** Columns measured at k that are cached: a slider goes to and fro. */
const MAX_COLUMNS = 4;
/** Items whose whole texts are answered in one message. */
export const MAX_TEXTS = 2000;

export class Answers {
  readonly #channel: Channel;
  readonly #columns = new Map<string, Promise<Column>>();
  /** Columns that change with k, the last ones that were asked for. */
  readonly #columnsAt = new Map<string, Promise<Column | null>>();
  /** By column: one that is shown must not give way to another. */
  readonly #measuring = new Map<string, Latest<Column>>();
  readonly #tables = new Map<string, Promise<unknown>>();
  readonly #ranks = new Map<RankedBy, Promise<Uint32Array>>();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Forgets what was said of two spaces that are compared no longer. */
  forgetPair(isMetadata: (column: string) => boolean): void {
    for (const name of [...this.#columns.keys()]) {
      if (!isMetadata(name)) this.#columns.delete(name);
    }
    for (const known of [this.#columnsAt, this.#measuring, this.#tables]) known.clear();
  }

  /** The values of a column for all items. */
  column(name: string): Promise<Column> {
    return remember(this.#columns, name, () => this.#askColumn(name, null));
  }

  /**
   * The values of a column that is measured at `k`. A later question for it takes the place of one
   * that still waits, whose promise gives null then.
   */
  columnAt(name: string, k: number): Promise<Column | null> {
    const key = `${k} ${name}`;
    const latest = this.#measuring.get(name) ?? new Latest();
    this.#measuring.set(name, latest);
    const asked = remember(this.#columnsAt, key, () => latest.ask(() => this.#askColumn(name, k)));
    for (const other of [...this.#columnsAt.keys()].slice(0, -MAX_COLUMNS)) {
      this.#columnsAt.delete(other);
    }
    void asked.then(
      (column) => column ?? this.#columnsAt.delete(key),
      () => {},
    );
    return asked;
  }

  /** How well both spaces find the items of each label. */
  quality(): Promise<QualityTable> {
    return this.#table({ kind: "quality", args: {} }) as Promise<QualityTable>;
  }

  /** Groups that one space has and the other has not. */
  groups(): Promise<GroupTable> {
    return this.#table({ kind: "groups", args: {} }) as Promise<GroupTable>;
  }

  /** Row positions, ascending, of the items of one label of `quality`. */
  labelItems(code: number): Promise<Uint32Array> {
    return this.#items({ kind: "label_items", args: { code } });
  }

  /** Row positions, ascending, of the items of one row of `groups`. */
  groupItems(row: number): Promise<Uint32Array> {
    return this.#items({ kind: "group_items", args: { row } });
  }

  /** The items of one row of `groups`, by what they are in the other space. */
  async groupParts(row: number): Promise<GroupParts> {
    const { result, buffers } = await this.#channel.ask({ kind: "group_parts", args: { row } });
    const { parts } = result as Pick<GroupParts, "parts">;
    return { parts, items: asUint32(buffers[0]), codes: asUint16(buffers[1]) };
  }

  async search(query: string, limit: number): Promise<SearchResult> {
    const { result } = await this.#channel.ask({ kind: "search", args: { query, limit } });
    return result as SearchResult;
  }

  /** Row positions, ascending, of all items that hold a text. */
  searchItems(query: string): Promise<Uint32Array> {
    return this.#items({ kind: "search_items", args: { query } });
  }

  /** Rank of each item, (n,), the same for the same value; 2^32 - 1 = missing. */
  ranks(by: RankedBy): Promise<Uint32Array> {
    return remember(this.#ranks, by, () => this.#items({ kind: "ranks", args: { by } }));
  }

  /** Whole texts of at most `MAX_TEXTS` items. */
  async texts(items: readonly number[]): Promise<ItemTexts> {
    const { result } = await this.#channel.ask({ kind: "texts", args: { items: [...items] } });
    return result as ItemTexts;
  }

  async #askColumn(name: string, k: number | null): Promise<Column> {
    const { result, buffers } = await this.#channel.ask({ kind: "column", args: { name, k } });
    const column = result as Column;
    return column.kind === "category"
      ? { ...column, codes: asUint16(buffers[0]) }
      : { ...column, values: asFloat32(buffers[0]) };
  }

  async #items(question: Question): Promise<Uint32Array> {
    const { buffers } = await this.#channel.ask(question);
    return asUint32(buffers[0]);
  }

  #table(question: Question): Promise<unknown> {
    return remember(this.#tables, question.kind, async () => {
      return (await this.#channel.ask(question)).result;
    });
  }
}
