/** Finding items by id, label or text, in Python's order. */

import type { SearchResult } from "../model.ts";
import { cut } from "./cut.ts";
import type { PageItem } from "./data.ts";

const SEPARATOR = "\n";
/** What is longer is not shown, and so not searched. */
const MOST_CHARS = 2000;
/** A letter of two cases that is not plain would need more than lower case. */
const PLAIN = /^[ -~\s]*$/;

/** Of a character; the items have none, for UTF-8 has none. */
const HALF = /\p{Surrogate}/gu;

export class SearchIndex {
  readonly #texts: string[];

  constructor(items: readonly PageItem[]) {
    this.#texts = items.map(({ id, label, text }) => {
      const searched = [label, text].map((part) => cut(part ?? "", MOST_CHARS));
      return caseless([id, ...searched].join(SEPARATOR));
    });
  }

  /**
   * Items that hold `query` anywhere, whatever the case: the item of this very id first, then those
   * whose id begins with it, then the others, each in row order.
   */
  find(query: string, limit: number): SearchResult {
    const wanted = stripped(caseless(query.replace(HALF, "\uFFFD")));
    if (wanted === "") return { items: [], total: 0 };
    const byRank: [number[], number[], number[]] = [[], [], []];
    for (const [item, text] of this.#texts.entries()) {
      if (!text.includes(wanted)) continue;
      const isFirst = text.startsWith(wanted);
      byRank[text.startsWith(wanted + SEPARATOR) ? 0 : isFirst ? 1 : 2].push(item);
    }
    const found = byRank.flat();
    return { items: found.slice(0, Math.max(0, limit)), total: found.length };
  }
}

/**
 * Python's `casefold`: "Straße" and "STRASSE" are the same. By upper case first, which knows all
 * letters that differ in lower case alone; only the dotless i would lose itself there.
 */
export function caseless(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  const fold = (part: string) => part.toLowerCase().toUpperCase().toLowerCase();
  return text.split("ı").map(fold).join("ı").replaceAll("ς", "σ");
}

/** What Python strips from both ends, which is not quite what JavaScript trims. */
function isSpace(character: string): boolean {
  const code = character.charCodeAt(0);
  return (code >= 0x1c && code <= 0x1f) || code === 0x85 || /[^\S\uFEFF]/.test(character);
}

function stripped(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return text.slice(start, end);
}
