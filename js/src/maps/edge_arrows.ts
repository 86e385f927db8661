/** Arrows at the edge of a map for the focused item and its neighbours beyond it. */

import { resizeChildren, setAttributes, svg } from "../ui/dom.ts";
import { plural } from "../ui/format.ts";
import type { Point, Size } from "./camera.ts";
import { type EdgeArrow, type EdgeItem, edgeArrows } from "./edge.ts";

export const ARROW = "M-8 -6L4 0L-8 6Z";
/** How near to an arrow a click means it. */
const HIT_PX = 12;

export class EdgeArrows {
  readonly node = svg("g", { class: "ew-edge-arrows" });
  #arrows: EdgeArrow[] = [];

  draw(items: readonly EdgeItem[], size: Size): void {
    this.#arrows = edgeArrows(items, size);
    resizeChildren(this.node, this.#arrows.length, () => svg("path", { d: ARROW }, svg("title")));
    for (const [i, { x, y, angle, kind, items: behind }] of this.#arrows.entries()) {
      const path = this.node.children[i];
      setAttributes(path, {
        class: `ew-edge-arrow ew-edge-${kind}`,
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${angle.toFixed(1)})`,
      });
      if (path.firstElementChild) path.firstElementChild.textContent = words(kind, behind.length);
    }
  }

  /** The items behind the arrow at a place of the map; null where there is no arrow. */
  itemsAt(at: Point): readonly number[] | null {
    const hit = this.#arrows.find(({ x, y }) => Math.hypot(x - at.x, y - at.y) < HIT_PX);
    return hit?.items ?? null;
  }
}

function words(kind: EdgeArrow["kind"], n: number): string {
  const more = kind === "focus" ? n - 1 : n;
  const parts = [kind === "focus" && "the item in focus", more > 0 && plural(more, "neighbour")];
  return `Go to ${parts.filter(Boolean).join(" and ")}`;
}
