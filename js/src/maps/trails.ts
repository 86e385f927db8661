/** The ways of some items through all steps of a training. */

import { h, setShown, setText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { LineRenderer, STRETCH } from "./lines.ts";
import type { Over, OverDrawing } from "./program.ts";

/** Above, lines hide one another. */
const MOST_TRAILS = 200;
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
  /** Palette index of each item, (n,); null = all wear the first colour. */
  readonly codes: Uint8Array | null;
}

/** Draws them, and says where not all of them are drawn. */
export class TrailsView implements Over {
  /** Lies over the maps. */
  readonly note = h("div", { class: "ew-trails-note", role: "status", hidden: true });
  #trails: Trails | null = null;

  /** Ways of items over the points; null = none. */
  update(trails: Trails | null): void {
    this.#trails = trails;
    const n = trails?.items.length ?? 0;
    setShown(this.note, n > MOST_TRAILS);
    setText(this.note, n > MOST_TRAILS ? `trails of ${MOST_TRAILS} of ${count(n)} selected` : "");
  }

  open(gl: WebGL2RenderingContext): OverDrawing {
    const lines = new LineRenderer(gl);
    let given: Trails | null = null;
    return (map, sight, ratio) => {
      const trails = this.#trails;
      if (!trails) return;
      if (given !== trails) {
        lines.set(0, stretchesOf(trails, trails.at.a));
        lines.set(1, stretchesOf(trails, trails.at.b));
        given = trails;
      }
      const [later, past] = widthsOf(trails);
      lines.draw(map, sight, [later * ratio, past * ratio]);
    };
  }

  destroy(): void {
    this.note.remove();
  }
}

/** CSS pixels of the two kinds of lines. */
function widthsOf({ items }: Trails): readonly [number, number] {
  return items.length > MANY ? THIN : WIDTHS;
}

/**
 * Stretches of all trails on one map as `LineRenderer` takes them, uint16 (m, 8): what follows the
 * step of the map lies below what was, and what is older below what is newer.
 *
 * @param at the step of the map
 */
export function stretchesOf(trails: Trails, at: number): Uint16Array {
  const { frames, nComponents, items, codes } = trails;
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
