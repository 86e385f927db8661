/** What to show when the screen itself fails: one readable line instead of a blank cell. */

import { h } from "./dom.ts";

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs `draw`; if it throws, `el` says so and the error goes on to the console. */
export function guarded(el: HTMLElement, draw: () => () => void): () => void {
  try {
    return draw();
  } catch (error) {
    const line = h("div", { role: "alert" }, `embwidget could not draw here: ${messageOf(error)}`);
    el.replaceChildren(line);
    console.error(error);
    return () => line.remove();
  }
}
