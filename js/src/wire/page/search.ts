/** Finding items by id, label or text, in Python's order. */

import type { SearchResult } from "../model.ts";
import type { PageItem } from "./data.ts";

const SEPARATOR = "\n";

export class SearchIndex {
  readonly #texts: string[];

  constructor(items: readonly PageItem[]) {
    this.#texts = items.map(({ id, label, text }) =>
      caseless([id, label ?? "", text ?? ""].join(SEPARATOR)),
    );
  }

  /**
   * Items that hold `query` anywhere, whatever the case: the item of this very id first, then those
   * whose id begins with it, then the others, each in row order.
   */
  find(query: string, limit: number): SearchResult {
    const wanted = caseless(query.trim());
    if (wanted === "") return { items: [], total: 0 };
    const byRank: [number[], number[], number[]] = [[], [], []];
    for (const [item, text] of this.#texts.entries()) {
      if (!text.includes(wanted)) continue;
      const id = text.slice(0, text.indexOf(SEPARATOR));
      byRank[id === wanted ? 0 : id.startsWith(wanted) ? 1 : 2].push(item);
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
  const fold = (part: string) => part.toLowerCase().toUpperCase().toLowerCase();
  return text.split("ı").map(fold).join("ı").replaceAll("ς", "σ");
}
