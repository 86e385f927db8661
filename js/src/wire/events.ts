/** What a store announces beside the changes of traits. */

import type { LineState } from "./line.ts";
import type { Named } from "./named.ts";
import type { Arriving } from "./pieces.ts";
import type { Maps, OfPair } from "./several.ts";

export type StoreEvents = {
  positions: Maps;
  /** Two others are compared, or there is more to know of them: these traits have other values. */
  pair: readonly OfPair[];
  /** How far any two of several spaces agree. */
  matrix: undefined;
  shared: undefined;
  graph: undefined;
  selection: Uint32Array;
  selections: Named;
  /** A large message that is on its way; null = none is any more. */
  arriving: Arriving | null;
  /** Whether the kernel answers; "cut" again whenever something was meant for a kernel that is gone. */
  line: LineState;
  /** What went wrong with a message. */
  failure: string;
};
