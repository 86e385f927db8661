/** What lies over the points of one map: the hover ring, the focused item with its neighbours, the lasso. */

import type { Point } from "./camera.ts";

const SVG = "http://www.w3.org/2000/svg";

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
  readonly #lines = element("g", "ew-overlay-lines");
  readonly #dots = element("g", "ew-overlay-dots");
  readonly #focusHalo = element("circle", "ew-overlay-halo");
  readonly #focus = element("circle", "ew-overlay-focus");
  readonly #halo = element("circle", "ew-overlay-halo");
  readonly #ring = element("circle", "ew-overlay-ring");
  readonly #arrow = element("path", "ew-overlay-arrow");
  readonly #shape = element("path", "ew-overlay-shape");
  #hover: number | null = null;
  #focused: number | null = null;
  #marks: readonly Mark[] = [];

  constructor() {
    this.node = element("svg", "ew-overlay");
    this.node.setAttribute("aria-hidden", "true");
    for (const circle of [this.#focusHalo, this.#focus]) setRadius(circle, FOCUS_RADIUS);
    for (const circle of [this.#halo, this.#ring]) setRadius(circle, HOVER_RADIUS);
    this.#arrow.setAttribute("d", ARROW);
    this.#shape.setAttribute("fill-rule", "evenodd");
    this.node.append(
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
      const line = element("line", `ew-overlay-line ew-overlay-${kind}`);
      const dot = element("circle", `ew-overlay-dot ew-overlay-${kind}`);
      setRadius(dot, DOT_RADIUS);
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
    this.#arrow.setAttribute(
      "transform",
      `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${angle.toFixed(1)})`,
    );
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

/** A line from the focused item's ring to a neighbour; none to a neighbour inside the ring. */
function join(line: SVGLineElement, middle: Point | null, end: Point | null): void {
  const length = middle && end ? Math.hypot(end.x - middle.x, end.y - middle.y) : 0;
  line.toggleAttribute("hidden", length <= FOCUS_RADIUS);
  if (!middle || !end || length <= FOCUS_RADIUS) return;
  const share = FOCUS_RADIUS / length;
  line.setAttribute("x1", (middle.x + (end.x - middle.x) * share).toFixed(1));
  line.setAttribute("y1", (middle.y + (end.y - middle.y) * share).toFixed(1));
  line.setAttribute("x2", end.x.toFixed(1));
  line.setAttribute("y2", end.y.toFixed(1));
}

function setRadius(circle: SVGCircleElement, radius: number): void {
  circle.setAttribute("r", String(radius));
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
