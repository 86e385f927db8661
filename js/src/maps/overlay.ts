/** What lies over the points of one map: the hover ring, the focused item with its neighbours, the lasso. */

import { setAttributes, svg } from "../ui/dom.ts";
import type { Point } from "./camera.ts";

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
}

/** CSS pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** The ring around the focused item leaves it in sight; lines begin there. */
const FOCUS_RADIUS = 9.5;
const HOVER_RADIUS = 7.5;
const DOT_RADIUS = 4.5;
/** How far from the map's edge an arrow stands for an item beyond it. */
const EDGE = 11;
const ARROW = "M-8 -6L4 0L-8 6Z";

export class Overlay {
  readonly node: SVGSVGElement;
  readonly #lines = svg("g", { class: "ew-overlay-lines" });
  readonly #dots = svg("g", { class: "ew-overlay-dots" });
  readonly #focusHalo = svg("circle", { class: "ew-overlay-halo" });
  readonly #focus = svg("circle", { class: "ew-overlay-focus" });
  readonly #halo = svg("circle", { class: "ew-overlay-halo" });
  readonly #ring = svg("circle", { class: "ew-overlay-ring" });
  readonly #arrow = svg("path", { class: "ew-overlay-arrow", d: ARROW });
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
      this.#arrow,
      this.#shape,
    );
    this.draw(null, { width: 0, height: 0 });
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
      return { item, line, dot };
    });
    this.#lines.replaceChildren(...this.#marks.map(({ line }) => line));
    this.#dots.replaceChildren(...this.#marks.map(({ dot }) => dot));
  }

  /** Puts every mark where `place` says, on a map of this size; null hides them all. */
  draw(place: ((item: number) => Point) | null, size: Size): void {
    const at = (item: number | null) => (item === null || !place ? null : place(item));
    const hovered = at(this.#hover);
    move(this.#halo, hovered);
    move(this.#ring, hovered);
    this.#point(hovered, size);
    const middle = at(this.#focused);
    move(this.#focusHalo, middle);
    move(this.#focus, middle);
    for (const { item, line, dot } of this.#marks) {
      const end = at(item);
      move(dot, end);
      join(line, middle, end);
    }
  }

  /** An arrow at the edge stands for what lies beyond it. */
  #point(at: Point | null, { width, height }: Size): void {
    const isInside = at && at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= height;
    this.#arrow.toggleAttribute("hidden", at === null || isInside === true);
    if (at === null || isInside) return;
    const x = Math.max(EDGE, Math.min(width - EDGE, at.x));
    const y = Math.max(EDGE, Math.min(height - EDGE, at.y));
    const angle = (Math.atan2(at.y - y, at.x - x) * 180) / Math.PI;
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
