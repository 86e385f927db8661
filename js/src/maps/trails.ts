/** The ways of some items through all steps of a training. */

import { STRETCH } from "./lines.ts";

/** Above, lines hide one another. */
export const MOST_TRAILS = 200;
/** Longer ways leave steps out, evenly. */
const MOST_STEPS = 64;
/** From here on, lines are thin. */
const MANY = 24;

/** CSS pixels: what follows, and what was. */
const WIDTHS: readonly [number, number] = [1, 1.75];
const THIN: readonly [number, number] = [0.8, 1.1];
const [OLDEST, NEWEST, LATER] = [0.2, 0.95, 0.25];

export interface Trails {
  /** Positions at each step, uint16 (n, n_components). */
  readonly frames: readonly Uint16Array[];
  readonly nComponents: number;
  /** What is selected. */
  readonly items: Uint32Array;
  /** The step that each map shows. */
  readonly at: { readonly a: number; readonly b: number };
}

/** CSS pixels of the two kinds of lines. */
export function widthsOf({ items }: Trails): readonly [number, number] {
  return items.length > MANY ? THIN : WIDTHS;
}

/**
 * Stretches of all trails on one map as `LineRenderer` takes them, uint16 (m, 8): what follows the
 * step of the map lies below what was, and what is older below what is newer.
 *
 * @param at the step of the map
 * @param codes palette index of each item, (n,); null = all wear the first colour
 */
export function stretchesOf(trails: Trails, at: number, codes: Uint8Array | null): Uint16Array {
  const { frames, nComponents, items } = trails;
  const steps = evenly(frames.length, MOST_STEPS);
  const shown = evenly(items.length, MOST_TRAILS).map((i) => items[i]);
  const stretches = new Uint16Array(shown.length * steps.length * STRETCH);
  const nPast = steps.filter((step) => step <= at).length;
  let to = 0;
  const add = (i: number) => {
    // The first step is a dot alone.
    const [from, end] = [frames[steps[Math.max(0, i - 1)]], frames[steps[i]]];
    const isPast = i < nPast;
    const age = nPast > 1 ? i / (nPast - 1) : 1;
    const opacity = isPast ? OLDEST + (NEWEST - OLDEST) * age ** 2 : LATER;
    for (const item of shown) {
      for (let axis = 0; axis < nComponents; axis++) {
        stretches[to + axis] = from[nComponents * item + axis];
        stretches[to + 3 + axis] = end[nComponents * item + axis];
      }
      stretches[to + 6] = opacity * 65535;
      stretches[to + 7] = (codes?.[item] ?? 0) + (isPast ? 256 : 0);
      to += STRETCH;
    }
  };
  for (let i = steps.length - 1; i >= nPast; i--) add(i);
  for (let i = 0; i < nPast; i++) add(i);
  return stretches;
}

/** n positions, or `most` of them with the first and the last. */
function evenly(n: number, most: number): number[] {
  const length = Math.min(n, most);
  return Array.from({ length }, (_, i) => Math.round((i * (n - 1)) / Math.max(1, length - 1)));
}
