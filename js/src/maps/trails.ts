/** The ways of some items through all steps of a training, on a canvas between the points and their marks. */

import { h, setShown, setText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { type Point, toScreen } from "./camera.ts";
import type { MapPane } from "./map.ts";
import { Places } from "./places.ts";

/** Above, lines hide one another. */
const MOST_ITEMS = 200;
/** Longer ways leave steps out, evenly. */
const MOST_STEPS = 64;
/** From here on, dots are a mere thickening of the line. */
const MANY_ITEMS = 24;

const [OLDEST, NEWEST, LATER] = [0.2, 0.95, 0.22];

export interface TrailsProps {
  /** Positions at each step, uint16 (n, n_components). */
  readonly frames: readonly Uint16Array[];
  readonly nComponents: number;
  /** What is selected. */
  readonly items: Uint32Array;
  /** The step that each map shows. */
  readonly at: { readonly a: number; readonly b: number };
}

/** A part of all ways, from one step to another. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly opacity: number;
  readonly width: number;
}

export class Trails {
  readonly node = h("div", { class: "ew-trails", "aria-hidden": true });
  readonly note = h("div", { class: "ew-trails-note", role: "status", hidden: true });
  readonly #canvas = h("canvas");
  #trails: TrailsProps | null = null;
  /** Of the steps, those that are drawn: one by one, or fewer. */
  #steps: readonly Places[] = [];
  #numbers: readonly number[] = [];
  #items: readonly number[] = [];
  /** What was drawn last. */
  #drawn = "";

  set(trails: TrailsProps | null): void {
    const { frames = [], nComponents = 2, items = new Uint32Array() } = trails ?? {};
    if (frames !== this.#trails?.frames || nComponents !== this.#trails.nComponents) {
      this.#numbers = evenly(frames.length, MOST_STEPS);
      this.#steps = this.#numbers.map((step) => new Places(frames[step], nComponents));
    }
    this.#items = evenly(items.length, MOST_ITEMS).map((i) => items[i]);
    this.#trails = frames.length > 1 && items.length > 0 ? trails : null;
    this.#drawn = "";
    this.node.replaceChildren(...(this.#trails ? [this.#canvas] : []));
    const isMany = this.#trails !== null && items.length > MOST_ITEMS;
    setShown(this.note, isMany);
    setText(this.note, isMany ? `trails of ${MOST_ITEMS} of ${count(items.length)} selected` : "");
  }

  /** Other colours, or another theme. */
  refresh(): void {
    this.#drawn = "";
  }

  /**
   * Draws what changed, on maps of this size together in CSS pixels.
   *
   * @param colorOf CSS colour of an item
   */
  draw(
    panes: readonly MapPane[],
    width: number,
    height: number,
    colorOf: (item: number) => string,
  ): void {
    const canvas = this.#canvas;
    if (!this.#trails) return;
    const ratio = devicePixelRatio;
    const looks = panes.map(({ left, top, view, turn }) => [left, top, view, turn]);
    const wanted = JSON.stringify([looks, width, height, ratio]);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    // Setting the size empties it.
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context?.scale(ratio, ratio);
    if (context) this.paint(context, panes, colorOf);
  }

  /** Draws all of them, in CSS pixels from the upper left corner of both maps. */
  paint(
    context: CanvasRenderingContext2D,
    panes: readonly MapPane[],
    colorOf: (item: number) => string,
  ): void {
    if (!this.#trails) return;
    const colors = new Map<string, number[]>();
    for (const item of this.#items) {
      const color = colorOf(item);
      const same = colors.get(color);
      if (same) same.push(item);
      else colors.set(color, [item]);
    }
    for (const pane of panes) {
      const { left, top, view } = pane;
      context.save();
      context.translate(left, top);
      context.beginPath();
      context.rect(0, 0, view.width, view.height);
      context.clip();
      context.lineJoin = context.lineCap = "round";
      // What follows lies below what was.
      for (const stretch of this.#stretches(this.#trails.at[pane.side])) {
        for (const [color, items] of colors)
          this.#drawStretch(context, pane, stretch, color, items);
      }
      context.restore();
    }
  }

  /** The last step comes first, up to that of the map; then the first one, and so on up to it. */
  #stretches(at: number): Stretch[] {
    const last = this.#steps.length - 1;
    const nPast = this.#numbers.filter((step) => step <= at).length;
    const past = Array.from({ length: Math.max(0, nPast - 1) }, (_, from) => {
      const age = nPast > 2 ? from / (nPast - 2) : 1;
      return { from, to: from + 1, opacity: OLDEST + (NEWEST - OLDEST) * age ** 2, width: 1.75 };
    });
    const later = Array.from({ length: last + 1 - Math.max(1, nPast) }, (_, i) => {
      return { from: last - i - 1, to: last - i, opacity: LATER, width: 1 };
    });
    return [...later, ...past];
  }

  /** A dot ends each stretch; the first step has one, too. */
  #drawStretch(
    context: CanvasRenderingContext2D,
    { turn, view }: MapPane,
    { from, to, opacity, width }: Stretch,
    color: string,
    items: readonly number[],
  ): void {
    const radius = width * (this.#items.length > MANY_ITEMS ? 0.9 : 1.5);
    const place = (step: number, item: number): Point => {
      const { x, y } = this.#steps[step].at(item, turn, null, 1);
      return toScreen(view, x, y);
    };
    const [lines, dots] = [new Path2D(), new Path2D()];
    const dot = ({ x, y }: Point) => {
      dots.moveTo(x + radius, y);
      dots.arc(x, y, radius, 0, 2 * Math.PI);
    };
    for (const item of items) {
      const [start, end] = [place(from, item), place(to, item)];
      lines.moveTo(start.x, start.y);
      lines.lineTo(end.x, end.y);
      if (from === 0) dot(start);
      dot(end);
    }
    context.globalAlpha = opacity;
    context.lineWidth = width;
    context.strokeStyle = context.fillStyle = color;
    context.stroke(lines);
    context.fill(dots);
  }
}

/** n positions, or `most` of them with the first and the last. */
function evenly(n: number, most: number): number[] {
  const length = Math.min(n, most);
  return Array.from({ length }, (_, i) => Math.round((i * (n - 1)) / Math.max(1, length - 1)));
}
