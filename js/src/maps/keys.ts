/** Keys on a map. */

import type { Point } from "./camera.ts";

/** What a drag does. */
export type Tool = "pan" | "orbit" | "lasso" | "box";

const STEP_PX = 48;
const ZOOM_STEP = 1.3;

/** What keys ask of a map. */
export interface KeyHandlers {
  onPan(dx: number, dy: number): void;
  /** Maps in 3-D are turned, as by a drag. */
  onOrbit(dx: number, dy: number): void;
  /** `at` is the place that stays where it is; null = the middle. */
  onZoom(factor: number, at: Point | null): void;
  onReset(): void;
  onTool(tool: Tool): void;
  /** The item nearest to the middle is to be in focus. */
  onPickMiddle(): void;
  /** On to the next neighbour or selected item (1), or back to the one before (-1). */
  onWalk(step: 1 | -1): void;
  /** The item in focus is to be selected, or no longer. */
  onToggle(): void;
  /** The item in focus is to be in sight. */
  onSeek(): void;
}

/** Every key and what it does, as the help lists them; those of the whole widget come last. */
export const KEY_WORDS: readonly (readonly [keys: string, words: string])[] = [
  ["Enter", "the point nearest to the middle"],
  [". and ,", "next and previous: of the selected items, else of the neighbours"],
  ["s", "select the item in focus, or no longer"],
  ["f", "show where the item in focus is"],
  ["arrows, + and −, 0", "move, zoom, show all points"],
  ["p, l, b", "pan, lasso, box"],
  ["o", "turn maps in 3-D, by a drag or the arrows"],
  ["Shift, Alt", "with a drag or a click: add, remove"],
  ["Ctrl Z, Alt ←", "back to what was in focus and selected before"],
  ["Ctrl Shift Z, Alt →", "forward again"],
  ["Esc", "clear the selection, then the focus"],
];

/** What a key means on a map; null = nothing. */
export function actionOf(key: string, tool: Tool, on: KeyHandlers): (() => void) | null {
  const move = (dx: number, dy: number) => () =>
    tool === "orbit" ? on.onOrbit(dx, dy) : on.onPan(dx, dy);
  switch (key) {
    case "ArrowLeft":
      return move(STEP_PX, 0);
    case "ArrowRight":
      return move(-STEP_PX, 0);
    case "ArrowUp":
      return move(0, STEP_PX);
    case "ArrowDown":
      return move(0, -STEP_PX);
    case "+":
    case "=":
      return () => on.onZoom(ZOOM_STEP, null);
    case "-":
      return () => on.onZoom(1 / ZOOM_STEP, null);
    case "0":
      return () => on.onReset();
    case "p":
      return () => on.onTool("pan");
    case "o":
      return () => on.onTool("orbit");
    case "l":
      return () => on.onTool("lasso");
    case "b":
      return () => on.onTool("box");
    case "Enter":
      return () => on.onPickMiddle();
    case ".":
    case "]":
      return () => on.onWalk(1);
    case ",":
    case "[":
      return () => on.onWalk(-1);
    case "s":
      return () => on.onToggle();
    case "f":
      return () => on.onSeek();
    default:
      return null;
  }
}
