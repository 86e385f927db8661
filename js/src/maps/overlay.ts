/** What lies over the points of one map: the hover ring, the focused item with its neighbours, the lasso. */

import { setAttributes, svg } from "../ui/dom.ts";
import type { Point, Size } from "./camera.ts";
import { arrowTo, type EdgeItem, isOnMap } from "./edge.ts";
import { ARROW, EdgeArrows } from "./edge_arrows.ts";

/** A neighbour of the focused item in the space of this map. */
export interface Neighbor {
  readonly item: number;
  /** Whether it is a neighbour in the other space as well. */
  readonly shared: boolean;
}

/** A neighbour's marks. */
interface Mark {
  readonly item: number;
  readonly line: SVGLineElement;
  readonly dot: SVGCircleElement;
  readonly shared: boolean;
}

/** The ring around the focused item leaves it in sight; lines begin there. */
const FOCUS_RADIUS = 9.5;
const HOVER_RADIUS = 7.5;
const DOT_RADIUS = 4.5;
/** How far from the map's edge an arrow stands for a hovered item beyond it. */
const HOVER_ROOM = { top: 11, right: 11, bottom: 11, left: 11 };

export class Overlay {
  readonly node: SVGSVGElement;
  readonly #lines = svg("g", { class: "ew-overlay-lines" });
  readonly #dots = svg("g", { class: "ew-overlay-dots" });
  readonly #focusHalo = svg("circle", { class: "ew-overlay-halo" });
  readonly #focus = svg("circle", { class: "ew-overlay-focus" });
  readonly #halo = svg("circle", { class: "ew-overlay-halo" });
  readonly #ring = svg("circle", { class: "ew-overlay-ring" });
  readonly #arrow = svg("path", { class: "ew-overlay-arrow", d: ARROW });
  readonly #edge = new EdgeArrows();
  readonly #shape = svg("path", { class: "ew-overlay-shape", "fill-rule": "evenodd" });
  #hover: number | null = null;
  #focused: number | null = null;
  #marks: readonly Mark[] = [];

  constructor() {
    for (const circle of [this.#focusHalo, this.#focus]) setAttributes(circle, { r: FOCUS_RADIUS });
    for (const circle of [this.#halo, this.#ring]) setAttributes(circle, { r: HOVER_RADIUS });
    this.node = svg(
      "svg",
      { class: "ew-overlay", "aria-hidden": true },
      this.#lines,
      this.#focusHalo,
      this.#focus,
      this.#dots,
      this.#halo,
      this.#ring,
      this.#edge.node,
      this.#arrow,
      this.#shape,
    );
    this.draw(null, { width: 0, height: 0 }, true);
    this.drawShape(null, "replace");
  }

  /** Rings an item from the next `draw` on. */
  setHover(item: number | null): void {
    this.#hover = item;
  }

  /** Marks an item and its neighbours, nearest first, from the next `draw` on. */
  setFocus(item: number | null, neighbors: readonly Neighbor[]): void {
    this.#focused = item;
    // Farthest first, and shared ones last: what comes later lies on top.
    const fromBelow = [...neighbors].reverse().sort((p, q) => Number(p.shared) - Number(q.shared));
    this.#marks = fromBelow.map(({ item, shared }) => {
      const kind = shared ? "shared" : "own";
      const line = svg("line", { class: `ew-overlay-line ew-overlay-${kind}` });
      const dot = svg("circle", { class: `ew-overlay-dot ew-overlay-${kind}`, r: DOT_RADIUS });
      return { item, line, dot, shared };
    });
    this.#lines.replaceChildren(...this.#marks.map(({ line }) => line));
    this.#dots.replaceChildren(...this.#marks.map(({ dot }) => dot));
  }

  /**
   * Puts every mark where `place` says, on a map of this size; null hides them all.
   *
   * @param moved whether the map or what is in focus changed; else it is the hover alone
   */
  draw(place: ((item: number) => Point) | null, size: Size, moved: boolean): void {
    const at = (item: number | null) => (item === null || !place ? null : place(item));
    const hovered = at(this.#hover);
    move(this.#halo, hovered);
    move(this.#ring, hovered);
    this.#point(hovered, size);
    if (!moved) return;
    const middle = at(this.#focused);
    const beyond: EdgeItem[] = [];
    const meet = (item: number | null, kind: EdgeItem["kind"], end: Point | null) => {
      if (item !== null && end && !isOnMap(end, size)) beyond.push({ item, kind, at: end });
    };
    meet(this.#focused, "focus", middle);
    move(this.#focusHalo, middle);
    move(this.#focus, middle);
    // Nearest first, as they stand behind an arrow.
    for (const { item, line, dot, shared } of [...this.#marks].reverse()) {
      const end = at(item);
      move(dot, end);
      join(line, middle, end);
      meet(item, shared ? "shared" : "own", end);
    }
    this.#edge.draw(beyond, size);
  }

  /** The items behind the arrow at a place of the map; null where there is no arrow. */
  beyond(at: Point): readonly number[] | null {
    return this.#edge.itemsAt(at);
  }

  /** An arrow at the edge stands for what lies beyond it. */
  #point(at: Point | null, size: Size): void {
    const isInside = at !== null && isOnMap(at, size);
    this.#arrow.toggleAttribute("hidden", at === null || isInside);
    if (at === null || isInside) return;
    const { x, y, angle } = arrowTo(at, size, HOVER_ROOM);
    const place = `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${angle.toFixed(1)})`;
    setAttributes(this.#arrow, { transform: place });
  }

  /** The lasso or box under way: x, y of each corner in CSS pixels of the map; null = none. */
  drawShape(corners: readonly number[] | null, mode: string): void {
    this.#shape.toggleAttribute("hidden", corners === null);
    let path = "";
    for (let i = 0; corners && i < corners.length; i += 2) {
      path += `${i ? "L" : "M"}${corners[i].toFixed(1)} ${corners[i + 1].toFixed(1)}`;
    }
    setAttributes(this.#shape, { d: path && `${path}Z`, "data-mode": mode });
  }
}

/** A line from the focused item's ring to a neighbour; none to a neighbour inside the ring. */
function join(line: SVGLineElement, middle: Point | null, end: Point | null): void {
  const length = middle && end ? Math.hypot(end.x - middle.x, end.y - middle.y) : 0;
  line.toggleAttribute("hidden", length <= FOCUS_RADIUS);
  if (!middle || !end || length <= FOCUS_RADIUS) return;
  const share = FOCUS_RADIUS / length;
  setAttributes(line, {
    x1: (middle.x + (end.x - middle.x) * share).toFixed(1),
    y1: (middle.y + (end.y - middle.y) * share).toFixed(1),
    x2: end.x.toFixed(1),
    y2: end.y.toFixed(1),
  });
}

function move(circle: Element, at: Point | null): void {
  circle.toggleAttribute("hidden", at === null);
  if (!at) return;
  setAttributes(circle, { cx: at.x.toFixed(1), cy: at.y.toFixed(1) });
}
