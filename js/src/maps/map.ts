/** One of the two maps: its elements, where it looks, and which of its points lie where. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { plural } from "../ui/format.ts";
import { paintShapes, paintText } from "../ui/paint.ts";
import type { Side } from "../wire/model.ts";
import {
  type Box,
  type Camera,
  HOME,
  type Insets,
  look,
  occupiedBox,
  POSITION_MAX,
  type Point,
  type Transform,
  toScreen,
  toUnit,
  visibleBox,
} from "./camera.ts";
import { countOutside } from "./fit.ts";
import { Grid } from "./grid.ts";
import { MapPositions } from "./map_positions.ts";
import { FLAT, FRONT, type Orbit, type Turn } from "./orbit.ts";
import { Overlay } from "./overlay.ts";

/** Above is the line of the title, below that of the faithfulness. */
export const INSETS: Insets = { top: 34, right: 16, bottom: 30, left: 16 };

const KEYS =
  "Enter picks a point, dot and comma walk to the next and the previous, S selects, arrow keys pan, " +
  "plus and minus zoom, 0 resets, F shows the item in focus, P pan, L lasso, B box, Escape clears";
/** Nearer to the edge than this, a point is half out of sight. */
const MARGIN_PX = 6;

export interface Title {
  readonly name: string;
  readonly detail: string;
}

/** A line below the map. */
export interface Foot {
  /** The first part outlives the others where there is little room. */
  readonly line: readonly string[];
  /** The rest, for whoever asks. */
  readonly detail: string;
}

export class MapPane {
  readonly node: HTMLElement;
  /** Takes the pointer and the keyboard; the points show through it. */
  readonly surface: HTMLElement;
  readonly toolbarSlot = h("div", { class: "ew-map-tools" });
  readonly overlay = new Overlay();
  camera: Camera = HOME;
  orbit: Orbit = FRONT;
  /** Of the last layout, in CSS pixels from the upper left corner of both maps. */
  left = 0;
  top = 0;
  view: Transform = look(HOME, { left: 0, bottom: 0, right: 1, top: 1 }, 1, 1, INSETS);
  readonly side: Side;
  readonly #nothing: HTMLElement;
  readonly #off = new AbortController();
  readonly #name = h("span", { class: "ew-map-name" });
  readonly #detail = h("span", { class: "ew-map-detail" });
  readonly #foot = h("p", { class: "ew-map-foot", hidden: true });
  #held: MapPositions | null = null;
  #turn: Turn = FLAT;
  #title: Title = { name: "", detail: "" };
  /** The view for which the points outside were counted last. */
  #counted: Transform | null = null;
  #outside = 0;
  /** What the title says of them. */
  #told = 0;
  #grid: Grid | null = null;
  /** The view that was looked at for points last. */
  #looked: Transform | null = null;

  /** @param onShowAll the first view is asked for, where there is no point in sight */
  constructor(side: Side, onShowAll: () => void) {
    this.side = side;
    const all = h("button", { type: "button", class: "ew-button" }, "Show all points");
    all.addEventListener("click", onShowAll, { signal: this.#off.signal });
    const nothing = { class: "ew-map-nothing", hidden: true };
    this.#nothing = h("div", nothing, h("span", { role: "status" }, "No points here"), all);
    const title = h("div", { class: "ew-map-title" }, this.#name, this.#detail);
    const head = h("div", { class: "ew-map-head" }, title, this.toolbarSlot);
    const attributes = { class: "ew-map-surface", tabindex: 0, role: "application" };
    this.surface = h("div", attributes, this.overlay.node);
    const parts = [head, this.surface, this.#nothing, this.#foot];
    this.node = h("section", { class: "ew-map", "data-side": side }, parts);
    this.setTitle(this.#title);
  }

  setTitle(title: Title): void {
    const { name } = title;
    this.#title = title;
    const letter = this.side.toUpperCase();
    setText(this.#name, name ? `${letter} · ${name}` : letter);
    setAttributes(this.#name, { title: name });
    this.#showDetail();
    setAttributes(this.surface, { "aria-label": `Map ${letter} ${name}: ${KEYS}` });
  }

  setFoot(foot: Foot | null): void {
    const { line = [], detail = "" } = foot ?? {};
    setShown(this.#foot, foot !== null);
    setAttributes(this.#foot, { title: detail });
    const parts = line.map((part, i) => h("span", {}, i === 0 ? part : `· ${part}`));
    this.#foot.replaceChildren(...parts, h("span", { class: "ew-only-read" }, detail));
  }

  /** uint16 (n, n_components) */
  get positions(): Uint16Array | null {
    return this.#held?.positions ?? null;
  }

  /** @returns where the points are seen, uint16 (n, 2) */
  setPositions(positions: Uint16Array, nComponents: number): Uint16Array {
    let held = this.#held;
    // One of two maps may stay while the other goes on.
    if (!held || positions !== held.positions || nComponents !== held.nComponents) {
      held = new MapPositions(positions, nComponents);
      this.#held = held;
      this.#forget();
    }
    return held.seen(this.#turn);
  }

  /** How the points are turned. */
  get turn(): Turn {
    return this.#turn;
  }

  set turn(turn: Turn) {
    if (turn === this.#turn) return;
    this.#turn = turn;
    this.#forget();
  }

  /** Whether points are found without making an index of them first. */
  get isReady(): boolean {
    return this.#grid !== null;
  }

  /** Measures the map on the page and looks at `box` through the camera. */
  layout(box: Box, origin: DOMRect): void {
    const { left, top, width, height } = this.surface.getBoundingClientRect();
    this.left = left - origin.left;
    this.top = top - origin.top;
    this.view = look(this.camera, box, Math.max(1, width), Math.max(1, height), INSETS);
  }

  /** Says how many points the first view leaves out; whoever moves the map sees for himself. */
  tellOutside(): void {
    const { view } = this;
    const isFirst = this.camera === HOME;
    const seen = isFirst ? this.#held?.seen(this.#turn) : null;
    if (seen && !isSame(view, this.#counted)) {
      this.#counted = view;
      this.#outside = countOutside(seen, visibleBox(view));
    }
    const outside = seen ? this.#outside : 0;
    if (outside !== this.#told) {
      this.#told = outside;
      this.#showDetail();
    }
  }

  /** Offers the way to all points at once where none is in sight. */
  tellNothing(): void {
    if (isSame(this.view, this.#looked)) return;
    this.#looked = this.view;
    // The first view shows some of them, and needs no index for that.
    const isFull = this.camera === HOME || this.#held === null || this.holdsAny(this.view);
    setShown(this.#nothing, !isFull);
  }

  /** Whether there is a point in a view of this map. */
  holdsAny(view: Transform): boolean {
    return this.#index()?.hasAny(visibleBox(view)) ?? false;
  }

  /** Whether an item is in sight. */
  sees(item: number): boolean {
    const { x, y } = this.place(item, null, 1);
    const { width, height } = this.view;
    const isWithin = (value: number, size: number) =>
      value >= MARGIN_PX && value <= size - MARGIN_PX;
    return isWithin(x, width) && isWithin(y, height);
  }

  /** The smallest box around some items of this map. */
  boxOf(items: ArrayLike<number>): Box {
    const own = new Uint16Array(2 * items.length);
    for (let i = 0; i < items.length; i++) {
      const at = this.#held?.at(items[i], this.#turn, null, 1);
      if (at) own.set([at.x * POSITION_MAX + 0.5, at.y * POSITION_MAX + 0.5], 2 * i);
    }
    return occupiedBox(own);
  }

  /** The item nearest to the middle; null when none is in sight. */
  pickMiddle(): number | null {
    const { width, height } = this.view;
    const middle = { x: width / 2, y: height / 2 };
    for (let radius = 16; radius < width + height; radius *= 2) {
      const item = this.pick(middle, radius);
      if (item !== null) return this.sees(item) ? item : null;
    }
    return null;
  }

  /** Draws title and marks where they stand on both maps, in CSS pixels. */
  paint(context: CanvasRenderingContext2D): void {
    const { left, top, view } = this;
    context.save();
    context.translate(left, top);
    context.beginPath();
    context.rect(0, 0, view.width, view.height);
    context.clip();
    paintShapes(context, this.overlay.node);
    const x = paintText(context, this.#name, 12, 20, view.width - 24);
    paintText(context, this.#detail, x + 6, 20, view.width - x - 18);
    context.restore();
  }

  destroy(): void {
    this.#off.abort();
  }

  /** Where an item is on this map; while the points travel, `share` of the way from `origins`. */
  place(item: number, origins: Uint16Array | null, share: number): Point {
    const at = this.#held?.at(item, this.#turn, origins, share) ?? { x: 0, y: 0 };
    return toScreen(this.view, at.x, at.y);
  }

  /** The item nearest to a place on the map, at most `radius` CSS pixels away. */
  pick(at: Point, radius: number): number | null {
    const { x, y } = toUnit(this.view, at);
    return this.#index()?.nearest(x, y, radius / this.view.scale) ?? null;
  }

  /** Items inside a shape of x, y in CSS pixels of the map; ascending. */
  inside(corners: readonly number[]): Uint32Array {
    const polygon = new Float64Array(corners.length);
    for (let i = 0; i < corners.length; i += 2) {
      const { x, y } = toUnit(this.view, { x: corners[i], y: corners[i + 1] });
      polygon[i] = x;
      polygon[i + 1] = y;
    }
    return this.#index()?.inPolygon(polygon) ?? new Uint32Array();
  }

  #showDetail(): void {
    const { detail } = this.#title;
    const more = this.#told > 0 ? `${plural(this.#told, "point")} further out` : "";
    const text = [detail, more].filter((part) => part !== "").join(" · ");
    setText(this.#detail, text);
    const hint = `: zoom out to see ${this.#told === 1 ? "it" : "them"}`;
    setAttributes(this.#detail, { title: more ? text + hint : text });
  }

  /** Makes ready what the first hover needs; at a million points it takes a noticeable moment. */
  prepare(): void {
    this.#index();
  }

  /** Not built with the positions, which may be replaced before anyone points at them. */
  #index(): Grid | null {
    if (!this.#grid && this.#held) this.#grid = new Grid(this.#held.seen(this.#turn));
    return this.#grid;
  }

  #forget(): void {
    this.#grid = null;
    this.#counted = null;
    this.#looked = null;
  }
}

function isSame(view: Transform, other: Transform | null): boolean {
  return (
    other !== null &&
    view.x === other.x &&
    view.y === other.y &&
    view.scale === other.scale &&
    view.width === other.width &&
    view.height === other.height
  );
}
