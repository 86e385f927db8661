/** The item under the pointer, which is ringed on both maps. */

import type { Point } from "./camera.ts";
import type { MapPane } from "./map.ts";

const HOVER_PX = 8;

export class Hover {
  readonly #panes: readonly MapPane[];
  readonly #tell: (item: number | null, at: Point | null) => void;
  #item: number | null = null;
  #pointer: { pane: MapPane; at: Point } | null = null;

  /** @param tell an item, or its place from the upper left corner of both maps, changed */
  constructor(panes: readonly MapPane[], tell: (item: number | null, at: Point | null) => void) {
    this.#panes = panes;
    this.#tell = tell;
  }

  /** Rings an item from the next frame on. */
  set(item: number | null): void {
    this.#item = item;
    for (const pane of this.#panes) pane.overlay.setHover(item);
  }

  /** The pointer is at a place of a map, until the next frame looks what is there; null = it left. */
  follow(pane: MapPane, at: Point | null): void {
    this.#pointer = at && { pane, at };
    if (!at) this.#point(null);
  }

  /**
   * Looks for the item under the pointer.
   *
   * @param moved whether the points may have moved under it
   * @param isMoving whether they go on to do so: what finds points is made when they rest
   */
  look(moved: boolean, isMoving: boolean): void {
    if (!this.#pointer) return;
    const { pane, at } = this.#pointer;
    if (isMoving && !pane.isReady) return;
    const item = pane.pick(at, HOVER_PX);
    if (item !== this.#item || (moved && item !== null)) this.#point(item);
  }

  #point(item: number | null): void {
    if (item === null && this.#item === null) return;
    this.set(item);
    const pane = this.#pointer?.pane;
    const at = item === null ? null : pane?.place(item, null, 1);
    if (pane && at) this.#tell(item, { x: at.x + pane.left, y: at.y + pane.top });
    else this.#tell(null, null);
  }
}
