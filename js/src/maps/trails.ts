/** The way that chosen items take through the steps of a series. */

export interface Trails {
  readonly frames: readonly Uint16Array[];
  readonly nComponents: number;
  readonly items: Uint32Array;
  readonly at: { a: number; b: number };
}
