/** What selected items have in common, and in what order they stand. Row positions are ascending. */

import type { SelectionLabel } from "../views/selection_labels.ts";

const NO_CODE = 65535;

/** How many neighbours are the same on average, of selected items and of all others. */
export interface Agreement {
  inside: number;
  /** Null when all are selected. */
  outside: number | null;
}

/** @param shared (n,) neighbours that both spaces share */
export function agreementOf(shared: Uint8Array, items: Uint32Array): Agreement {
  let all = 0;
  for (let i = 0; i < shared.length; i++) all += shared[i];
  let inside = 0;
  for (let i = 0; i < items.length; i++) inside += shared[items[i]];
  const others = shared.length - items.length;
  return {
    inside: inside / items.length,
    outside: others > 0 ? (all - inside) / others : null,
  };
}

/**
 * Labels of the selected items, over-represented ones first: by how many more there are than in as
 * many items of all, in units of what chance would vary.
 *
 * @param codes (n,) index into `labels`, 65535 = missing
 * @param counts items of each label
 * @param wins (n,) above 0 = B wins, below = A wins; null while it is unknown
 */
export function labelsOf(
  { codes, labels, counts }: { codes: Uint16Array; labels: string[]; counts: number[] },
  items: Uint32Array,
  wins: Float32Array | null,
): SelectionLabel[] {
  const [n, winsA, winsB] = [0, 1, 2].map(() => new Uint32Array(labels.length));
  let known = 0;
  for (let i = 0; i < items.length; i++) {
    const code = codes[items[i]];
    if (code === NO_CODE) continue;
    known++;
    n[code]++;
    const value = wins === null ? 0 : wins[items[i]];
    if (value > 0) winsB[code]++;
    else if (value < 0) winsA[code]++;
  }
  const all = counts.reduce((sum, some) => sum + some, 0);
  const found: SelectionLabel[] = [];
  for (const [code, label] of labels.entries()) {
    if (n[code] === 0) continue;
    const [here, everywhere] = [n[code] / known, counts[code] / all];
    const wonBy = { winsA: winsA[code], winsB: winsB[code] };
    found.push({ code, label, n: n[code], here, everywhere, ...wonBy });
  }
  const excess = ({ n: some, everywhere }: SelectionLabel) => {
    const expected = known * everywhere;
    return (some - expected) / Math.sqrt(expected);
  };
  return found.sort((p, q) => excess(q) - excess(p) || q.n - p.n);
}

/** Of the items, those where either space wins. @param wins (n,), NaN = unknown */
export function winsAmong(wins: Float32Array, items: Uint32Array): { a: number; b: number } {
  let [a, b] = [0, 0];
  for (let i = 0; i < items.length; i++) {
    if (wins[items[i]] < 0) a++;
    else if (wins[items[i]] > 0) b++;
  }
  return { a, b };
}

/** All items where one space wins; ascending. @param wins (n,) */
export function wonBy(side: "a" | "b", wins: Float32Array): Uint32Array {
  const sign = side === "a" ? -1 : 1;
  const found = new Uint32Array(wins.length);
  let n = 0;
  for (let i = 0; i < wins.length; i++) if (sign * wins[i] > 0) found[n++] = i;
  return found.slice(0, n);
}

/** What items are put in order by: (n,) whole numbers below some millions. */
export interface Keys {
  of: Uint8Array | Uint32Array;
  /** Stands last, whichever way; left out: none is missing. */
  missing?: number;
}

/** Shares in -1..1 as keys, equal where they are equal at k. @param values (n,), NaN = missing */
export function differenceKeys(values: Float32Array, k: number): Keys {
  // Of a set of labels the shares are multiples of 1 / k as well.
  const missing = 2 * k + 1;
  const of = new Uint32Array(values.length);
  for (let i = 0; i < of.length; i++) {
    of[i] = Number.isNaN(values[i]) ? missing : Math.round((values[i] + 1) * k);
  }
  return { of, missing };
}

/** Any numbers as keys: the place of each among all of them. @param values (n,), NaN = missing */
export function numberKeys(values: Float32Array): Keys {
  // What is missing is sorted to the end.
  const sorted = values.slice().sort();
  const missing = values.length;
  const of = new Uint32Array(values.length);
  for (let i = 0; i < of.length; i++) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < values[i]) low = middle + 1;
      else high = middle;
    }
    of[i] = Number.isNaN(values[i]) ? missing : low;
  }
  return { of, missing };
}

/** Items by their keys; the same keys in row order. Counted and not compared: a million take 0.1 s. */
export function orderBy(items: Uint32Array, { of, missing }: Keys, descending: boolean) {
  let most = 0;
  for (let i = 0; i < items.length; i++) {
    const key = of[items[i]];
    if (key !== missing && key > most) most = key;
  }
  const placeOf = (key: number) => (key === missing ? most + 1 : descending ? most - key : key);
  const starts = new Uint32Array(most + 3);
  for (let i = 0; i < items.length; i++) starts[placeOf(of[items[i]]) + 1]++;
  for (let key = 1; key < starts.length; key++) starts[key] += starts[key - 1];
  const ordered = new Uint32Array(items.length);
  for (let i = 0; i < items.length; i++) ordered[starts[placeOf(of[items[i]])]++] = items[i];
  return ordered;
}

/** Items that are in both; ascending, as both are. */
export function inBoth(one: Uint32Array, other: Uint32Array): Uint32Array {
  const found = new Uint32Array(Math.min(one.length, other.length));
  let [n, j] = [0, 0];
  for (let i = 0; i < one.length; i++) {
    while (j < other.length && other[j] < one[i]) j++;
    if (j < other.length && other[j] === one[i]) found[n++] = one[i];
  }
  return found.slice(0, n);
}

/** All of the n items that are not among these; ascending. */
export function allBut(items: Uint32Array, n: number): Uint32Array {
  const found = new Uint32Array(n - items.length);
  let next = 0;
  for (let item = 0, at = 0; item < n; item++) {
    if (at < items.length && items[at] === item) at++;
    else found[next++] = item;
  }
  return found;
}
