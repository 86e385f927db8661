/** The way that a person has come: what was in focus and selected, step by step, there and back. */

import { sameItems } from "./selection.ts";

export interface Step {
  /** Row position; null = nothing. */
  readonly focus: number | null;
  /** Sorted row positions. */
  readonly selection: Uint32Array;
}

const MOST_STEPS = 200;
/** Selected items of all steps together: 32 MB. */
const MOST_ITEMS = 8_000_000;

export class History {
  /** Oldest first; `#at` is where the person stands. */
  #steps: Step[];
  #at = 0;
  /** The last step was made by this gesture, and a later one of the same gesture takes its place. */
  #gesture: number | null = null;

  constructor(first: Step) {
    this.#steps = [first];
  }

  get now(): Step {
    return this.#steps[this.#at];
  }

  /** The step that `back` leads to. */
  get before(): Step | null {
    return this.#steps[this.#at - 1] ?? null;
  }

  /** The step that `forward` leads to. */
  get after(): Step | null {
    return this.#steps[this.#at + 1] ?? null;
  }

  /**
   * Goes on to a new step; what lay ahead is forgotten.
   *
   * @param gesture while it lasts, as a brush does that is drawn over bars, its steps are one; null = none
   * @returns whether it differs from where the person stands
   */
  add(step: Step, gesture: number | null = null): boolean {
    if (isSame(step, this.now)) return false;
    const goesOn = gesture !== null && gesture === this.#gesture && this.#at > 0;
    this.#gesture = gesture;
    this.#steps.length = goesOn ? this.#at : this.#at + 1;
    // Back to where the gesture began is no step at all.
    const last = this.#steps[this.#steps.length - 1];
    if (!goesOn || !isSame(step, last)) this.#steps.push(step);
    while (this.#steps.length > 2 && this.#isFull()) this.#steps.shift();
    this.#at = this.#steps.length - 1;
    return true;
  }

  /** One step back; null = there is none. */
  back(): Step | null {
    return this.#go(-1);
  }

  /** One step forward again; null = there is none. */
  forward(): Step | null {
    return this.#go(1);
  }

  #go(by: number): Step | null {
    if (!this.#steps[this.#at + by]) return null;
    this.#gesture = null;
    this.#at += by;
    return this.now;
  }

  #isFull(): boolean {
    // Steps that change the focus alone hold the same selection, which takes room but for the first.
    const selections = new Set(this.#steps.map(({ selection }) => selection));
    let items = 0;
    for (const { length } of selections) items += length;
    return this.#steps.length > MOST_STEPS || items > MOST_ITEMS;
  }
}

function isSame(one: Step, other: Step): boolean {
  return one.focus === other.focus && sameItems(one.selection, other.selection);
}
