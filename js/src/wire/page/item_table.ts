/** What a table of items asks for, as Python answers it: their order, and whole texts. */

import type { RankedBy } from "../model.ts";
import type { PageItem } from "./data.ts";
import { caseless } from "./search.ts";

const MISSING_RANK = 2 ** 32 - 1;
/** What JavaScript and Python read as the same number. */
const NUMBER = /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?$/i;

/** Rank of each item, the same for the same: by number if all are numbers, else whatever the case. */
export function ranksBy(items: readonly PageItem[], by: RankedBy): Uint32Array {
  const texts = items.map((item) => textOf(item, by));
  const areNumbers = texts.every((text) => text === null || NUMBER.test(text));
  const keyOf = (text: string) => (areNumbers ? Number(text) : caseless(text));
  const keys = texts.map((text) => (text === null ? null : keyOf(text)));
  const known = [...new Set(keys)].filter((key) => key !== null);
  known.sort((p, q) => (p < q ? -1 : p > q ? 1 : 0));
  const ranks = new Map(known.map((key, rank) => [key, rank]));
  return Uint32Array.from(keys, (key) => (key === null ? MISSING_RANK : (ranks.get(key) ?? 0)));
}

/** Id, label, text and `n` shown columns of items, column by column. */
export function textColumns(items: readonly PageItem[], n: number): (string | null)[][] {
  const columns: RankedBy[] = ["id", "label", "text", ...Array.from({ length: n }, (_, i) => i)];
  return columns.map((by) => items.map((item) => textOf(item, by)));
}

function textOf(item: PageItem, by: RankedBy): string | null {
  return typeof by === "number" ? (item.shown?.[by] ?? null) : item[by];
}
