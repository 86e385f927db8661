/** What the screen asks for by name: columns, tables of measured numbers, and items behind their rows. */

import { asFloat32, asUint16, asUint32 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import { Latest, remember } from "./latest.ts";
import type {
  Column,
  GroupParts,
  GroupTable,
  QualityTable,
  Question,
  SearchResult,
} from "./model.ts";

/** Columns measured at k that are cached: a slider goes to and fro. */
const MAX_COLUMNS = 4;

export class Answers {
  readonly #channel: Channel;
  readonly #columns = new Map<string, Promise<Column>>();
  /** Columns that change with k, the last ones that were asked for. */
  readonly #columnsAt = new Map<string, Promise<Column | null>>();
  readonly #measuring = new Latest<Column>();
  readonly #tables = new Map<string, Promise<unknown>>();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** The values of a column for all items. */
  column(name: string): Promise<Column> {
    return remember(this.#columns, name, () => this.#askColumn(name, null));
  }

  /**
   * The values of a column that is measured at `k`. A later question takes the place of one that
   * still waits, whose promise gives null then.
   */
  columnAt(name: string, k: number): Promise<Column | null> {
    const key = `${k} ${name}`;
    const asked = remember(this.#columnsAt, key, () =>
      this.#measuring.ask(() => this.#askColumn(name, k)),
    );
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
