/** Where all items are on one map, and where they are seen. */

import { POSITION_MAX } from "./camera.ts";
import { flatten, type Turn } from "./orbit.ts";

export class MapPositions {
  /** uint16 (n, n_components), in the unit square or cube. */
  readonly positions: Uint16Array;
  readonly nComponents: number;
  #turn: Turn | null = null;
  #flat: Uint16Array;

  constructor(positions: Uint16Array, nComponents: number) {
    this.positions = positions;
    this.nComponents = nComponents;
    this.#flat = positions;
  }

  /** Places of all items in the unit square, uint16 (n, 2): made once for each turn. */
  seen(turn: Turn): Uint16Array {
    if (this.nComponents === 3 && turn !== this.#turn) {
      this.#turn = turn;
      this.#flat = flatten(this.positions, turn);
    }
    return this.#flat;
  }

  /**
   * The place of one item in the unit square, without those of all others.
   *
   * @param origins where the points come from, as `positions`; null = they are there
   * @param share of the way that they have travelled
   */
  at(item: number, turn: Turn, origins: Uint16Array | null, share: number) {
    const { positions, nComponents } = this;
    let [x, y] = [turn[3], turn[7]];
    for (let axis = 0; axis < nComponents; axis++) {
      const i = nComponents * item + axis;
      const value = origins ? origins[i] + (positions[i] - origins[i]) * share : positions[i];
      x += (turn[axis] * value) / POSITION_MAX;
      y += (turn[axis + 4] * value) / POSITION_MAX;
    }
    return { x, y };
  }
}
