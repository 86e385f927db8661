/** What lies over the points of one map: the hover ring, the focused item with its neighbours, the lasso. */

import type { Point } from "../camera.ts";

const SVG = "http://www.w3.org/2000/svg";

/** A neighbour of the focused item in the space of this map. */
export interface Neighbor {
  readonly item: number;
  /** Whether it is a neighbour in the other space as well. */
  readonly shared: boolean;
}

export class Overlay {
  readonly node: SVGSVGElement;
  readonly #lines = element("g", "ew-overlay-lines");
  readonly #dots = element("g", "ew-overlay-dots");
  readonly #focus = element("circle", "ew-overlay-focus");
  readonly #halo = element("circle", "ew-overlay-halo");
  readonly #ring = element("circle", "ew-overlay-ring");
  readonly #shape = element("path", "ew-overlay-shape");
  #hover: number | null = null;
  #focused: number | null = null;
  #neighbors: readonly Neighbor[] = [];

  constructor() {
    this.node = element("svg", "ew-overlay");
    this.node.setAttribute("aria-hidden", "true");
    this.#focus.setAttribute("r", "6");
    this.#halo.setAttribute("r", "8");
    this.#ring.setAttribute("r", "8");
    this.#shape.setAttribute("fill-rule", "evenodd");
    this.node.append(this.#lines, this.#dots, this.#focus, this.#halo, this.#ring, this.#shape);
    this.draw(null);
    this.drawShape(null, "replace");
  }

  /** Rings an item from the next `draw` on. */
  setHover(item: number | null): void {
    this.#hover = item;
  }

  /** Marks an item and its neighbours, nearest first, from the next `draw` on. */
  setFocus(item: number | null, neighbors: readonly Neighbor[]): void {
    this.#focused = item;
    this.#neighbors = neighbors;
    const lines: SVGElement[] = [];
    const dots: SVGElement[] = [];
    // Farthest first, so that the nearest lie on top.
    for (const { shared } of [...neighbors].reverse()) {
      const kind = shared ? "shared" : "own";
      lines.push(element("line", `ew-overlay-line ew-overlay-${kind}`));
      dots.push(element("circle", `ew-overlay-dot ew-overlay-${kind}`));
    }
    for (const dot of dots) dot.setAttribute("r", "4.5");
    this.#lines.replaceChildren(...lines);
    this.#dots.replaceChildren(...dots);
  }

  /** Puts every mark where `place` says; null hides them all. */
  draw(place: ((item: number) => Point) | null): void {
    const at = (item: number | null) => (item === null || !place ? null : place(item));
    move(this.#halo, at(this.#hover));
    move(this.#ring, at(this.#hover));
    const middle = at(this.#focused);
    move(this.#focus, middle);
    const last = this.#neighbors.length - 1;
    for (const [i, neighbor] of this.#neighbors.entries()) {
      const line = this.#lines.children[last - i];
      const dot = this.#dots.children[last - i];
      const end = at(neighbor.item);
      move(dot, end);
      line.toggleAttribute("hidden", !end || !middle);
      if (!end || !middle) continue;
      line.setAttribute("x1", middle.x.toFixed(1));
      line.setAttribute("y1", middle.y.toFixed(1));
      line.setAttribute("x2", end.x.toFixed(1));
      line.setAttribute("y2", end.y.toFixed(1));
    }
  }

  /** The lasso or box under way: x, y of each corner in CSS pixels of the map; null = none. */
  drawShape(corners: readonly number[] | null, mode: string): void {
    this.#shape.toggleAttribute("hidden", corners === null);
    this.#shape.dataset.mode = mode;
    let path = "";
    for (let i = 0; corners && i < corners.length; i += 2) {
      path += `${i ? "L" : "M"}${corners[i].toFixed(1)} ${corners[i + 1].toFixed(1)}`;
    }
    this.#shape.setAttribute("d", path && `${path}Z`);
  }
}

function move(circle: Element, at: Point | null): void {
  circle.toggleAttribute("hidden", at === null);
  if (!at) return;
  circle.setAttribute("cx", at.x.toFixed(1));
  circle.setAttribute("cy", at.y.toFixed(1));
}

function element<K extends keyof SVGElementTagNameMap>(
  name: K,
  className: string,
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, name);
  node.setAttribute("class", className);
  return node;
}
