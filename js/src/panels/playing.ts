/** Leads one of two spaces, or both a step apart, through the steps of a series, one after the other. */

import type { Leading } from "../views/player.ts";
import type { Side, TwoOf } from "../wire/model.ts";
import type { Store } from "../wire/store.ts";

/** At speed 1; long enough to see where the points go, and to look at them there. */
const STEP_MS = 1400;
/** In less, points cannot travel. */
const TRAVEL_MS = 700;

export class Playing {
  speed = 1;
  readonly #store: Store;
  readonly #onChange: () => void;
  #led: Leading = "a";
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Where it led last; null = it stands. */
  #at: TwoOf | null = null;
  #isLeading = false;

  /** @param onChange called when it begins and when it ends */
  constructor(store: Store, onChange: () => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  get isOn(): boolean {
    return this.#at !== null;
  }

  /** Which of the two it leads. */
  get led(): Leading {
    return this.#led;
  }

  /** With "both", A stands at the step before that of B from now on. */
  lead(led: Leading): void {
    this.pause();
    this.#led = led;
    if (led === "both") this.#store.choosePair(this.#upTo(this.#store.several.pair[1]));
    this.#onChange();
  }

  /** The pair one step on or back, past the step of the other space; null = there is none. */
  next(by: 1 | -1, from: TwoOf = this.#store.several.pair): TwoOf | null {
    const spaces = this.#store.get("spaces");
    if (this.#led === "both") {
      const last = from[1] + by;
      return last > 0 && last in spaces ? this.#upTo(last) : null;
    }
    const [own, other] = this.#led === "a" ? from : [from[1], from[0]];
    let step = own + by;
    if (step === other) step += by;
    return step in spaces ? this.#with(step, other) : null;
  }

  /** A person takes one of the two to a step. */
  move(side: Side, step: number): void {
    const [a, b] = this.#store.several.pair;
    const pair: TwoOf = side === "a" ? [step, b] : [a, step];
    const joined = () => this.#upTo(side === "a" ? step + 1 : step);
    this.#store.choosePair(this.#led === "both" ? joined() : pair);
  }

  /** Goes on to the last step, from the first one where that is reached. */
  play(): void {
    const { pair } = this.#store.several;
    this.#at = pair;
    if (this.next(1) === null) {
      const other = this.#led === "a" ? pair[1] : pair[0];
      const first = this.#led === "both" ? this.#upTo(1) : this.#with(other === 0 ? 1 : 0, other);
      this.#lead(first);
    } else this.#lead(this.next(1));
    this.#onChange();
  }

  /** Stays where it is. */
  pause(): void {
    if (!this.isOn) return;
    this.#end();
    this.#store.restPair();
    this.#onChange();
  }

  /** Two others were chosen: whoever did it is not to be led on. */
  follow(): void {
    if (!this.isOn || this.#isLeading || this.#store.several.pair === this.#at) return;
    this.#end();
    this.#onChange();
  }

  step(by: 1 | -1): void {
    this.pause();
    const pair = this.next(by);
    if (pair) this.#store.choosePair(pair);
  }

  destroy(): void {
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#at = null;
  }

  #with(step: number, other: number): TwoOf {
    return this.#led === "a" ? [step, other] : [other, step];
  }

  /** B at a step, or as near to it as A can stand before it. */
  #upTo(step: number): TwoOf {
    const last = Math.max(1, Math.min(step, this.#store.get("spaces").length - 1));
    return [last - 1, last];
  }

  #lead(pair: TwoOf | null): void {
    if (!pair) {
      this.pause();
      return;
    }
    const milliseconds = STEP_MS / this.speed;
    const after = this.next(1, pair);
    this.#isLeading = true;
    this.#store.choosePair(pair, { isPassing: true, travel: milliseconds >= TRAVEL_MS });
    this.#isLeading = false;
    this.#at = this.#store.several.pair;
    if (!after) {
      this.pause();
      return;
    }
    this.#store.several.lookAhead(after, this.#store.get("k"));
    this.#timer = setTimeout(() => this.#lead(this.next(1)), milliseconds);
  }
}
