/** What the two maps are told at first, and what they tell. */

import type { SelectMode } from "../wire/selection.ts";
import type { Point } from "./camera.ts";
import type { Tool } from "./keys.ts";

export interface PairOptions {
  /** CSS pixels of one map. */
  height: number;
  nItems: number;
  /** `at` is where the item's point lies, in CSS pixels from the upper left corner of the node. */
  onHover(item: number | null, at: Point | null): void;
  /** A point was clicked, or the empty map. */
  onFocus(item: number | null): void;
  /** What a lasso, a box or a click with shift or alt took up; ascending. */
  onSelect(items: Uint32Array, mode: SelectMode): void;
  onClear(): void;
  /** A tool was chosen by a key; it is in use when `setTool` says so. */
  onTool(tool: Tool): void;
  /** The next neighbour or selected item is asked for (1), or the one before (-1). */
  onWalk(step: 1 | -1): void;
  /** The item in focus is to be selected, or no longer. */
  onToggle(): void;
  /** The maps are on the screen for the first time, or would be if they were in sight. */
  onDrawn(): void;
}
