/** Where the colours of the coincidence end: at what occurs at this k, but for a few items. */

/** Items that may lie beyond an end, of a hundred one. */
const BEYOND = 0.01;
/** Fewer steps make much of little where there is more to tell. */
const LEAST_STEPS = 3;

/** Neighbours that are the same, of the first and the last colour, and the items beyond them. */
export interface CoincidenceEnds {
  low: number;
  high: number;
  below: number;
  above: number;
}

const COUNTS = new WeakMap<Uint8Array, Uint32Array>();

/** Items of each palette index, (256,); counted when they are first asked for. @param codes (n,) */
export function countCodes(codes: Uint8Array): Uint32Array {
  const known = COUNTS.get(codes);
  if (known) return known;
  const counts = new Uint32Array(256);
  for (let i = 0; i < codes.length; i++) counts[codes[i]]++;
  COUNTS.set(codes, counts);
  return counts;
}

/**
 * At most one item of a hundred lies beyond each end. Every item shares at least as many at k + 1 as
 * at k, so that the ends only rise with k, and colours do not flicker while a slider moves.
 *
 * @param counts (256,) items that share each number of neighbours
 */
export function coincidenceEnds(counts: Uint32Array): CoincidenceEnds {
  const n = counts.reduce((sum, some) => sum + some, 0);
  if (n === 0) return { low: 0, high: 0, below: 0, above: 0 };
  let [least, most] = [0, counts.length - 1];
  while (counts[least] === 0) least++;
  while (counts[most] === 0) most--;
  let [low, high, below, above] = [least, most, 0, 0];
  while (low < most && below + counts[low] <= BEYOND * n) below += counts[low++];
  while (high > low && above + counts[high] <= BEYOND * n) above += counts[high--];
  while (high - low < LEAST_STEPS && (low > least || high < most)) {
    // To the next value that occurs, on the side where more lies beyond.
    if (low > least && (below >= above || high === most)) {
      while (counts[--low] === 0);
      below -= counts[low];
    } else {
      while (counts[++high] === 0);
      above -= counts[high];
    }
  }
  return { low, high, below, above };
}
