/** The coincidence at every k: mean with its interval, beside what chance and the classes would give. */

import { h, setAttributes, setShown, setText, svg } from "../ui/dom.ts";
import { score } from "../ui/format.ts";
import type { CurvePoint } from "../wire/model.ts";

export interface CurveProps {
  k: number;
  /** Entry k - 1 belongs to k; empty until the graphs are there. */
  curve: CurvePoint[];
  /** What the classes alone would give at each k; null = unknown. */
  within: number[] | null;
}

export interface CurveOptions {
  /** A k was chosen, in 1..k_max. */
  onK(k: number): void;
}

/** Units of the drawing in both directions; it is stretched to its place. */
const SIZE = 100;
/** Share of the height that the highest point leaves free. */
const HEADROOM = 0.06;

const LINES = {
  chance: "chance",
  within: "the classes alone",
  mean: "mean coincidence and its 95 % interval",
};
type Line = keyof typeof LINES;
const NAMES = Object.keys(LINES) as Line[];

export class CurveView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #title = h("span", { class: "ew-caption" }, "Coincidence over k");
  readonly #readout = h("span", { class: "ew-readout" });
  readonly #band = svg("path", { class: "ew-curve-band" });
  readonly #lines = NAMES.map((name) => svg("path", { class: `ew-curve-${name}` }));
  readonly #keys = NAMES.map((name) =>
    h("li", {}, h("span", { class: `ew-key-${name}`, "aria-hidden": true }), LINES[name]),
  );
  readonly #high = h("span", { class: "ew-curve-high", "aria-hidden": true });
  readonly #cursor = h("span", { class: "ew-curve-cursor", hidden: true });
  readonly #dot = h("span");
  readonly #now = h("span", { class: "ew-curve-cursor ew-curve-now" }, this.#dot);
  readonly #last = h("span", { class: "ew-tick ew-tick-last" });
  readonly #plot: HTMLElement;
  /** Lies over the plot, unseen: a press, a drag and the arrow keys choose k. */
  readonly #input = h("input", { type: "range", min: 1, "aria-label": "Coincidence over k" });
  #curve: CurvePoint[] = [];

  constructor({ onK }: CurveOptions) {
    const box = { viewBox: `0 0 ${SIZE} ${SIZE}`, preserveAspectRatio: "none" };
    this.#plot = h(
      "div",
      { class: "ew-curve" },
      svg("svg", { ...box, "aria-hidden": true }, this.#band, ...this.#lines),
      this.#high,
      this.#cursor,
      this.#now,
      this.#input,
    );
    const first = h("span", { class: "ew-tick ew-tick-first" }, "k = 1");
    this.node = h(
      "div",
      { class: "ew-section" },
      h("div", { class: "ew-section-head" }, this.#title, this.#readout),
      this.#plot,
      h("div", { class: "ew-axis", "aria-hidden": true }, first, this.#last),
      h("ul", { class: "ew-keys" }, [...this.#keys].reverse()),
    );
    this.#last.style.left = "100%";
    const { signal } = this.#off;
    const on = (type: keyof HTMLElementEventMap, listener: (event: Event) => void) =>
      this.#input.addEventListener(type, listener, { signal });
    on("input", () => onK(this.#input.valueAsNumber));
    on("pointermove", (event) => {
      const { left, width } = this.#plot.getBoundingClientRect();
      const share = ((event as PointerEvent).clientX - left) / width;
      this.#point(nearestK(share, this.#curve.length));
    });
    on("pointerleave", () => this.#point(0));
  }

  update({ k, curve, within }: CurveProps): void {
    this.#curve = curve;
    const values: Record<Line, number[]> = {
      mean: curve.map(([value]) => value),
      within: within ?? [],
      chance: curve.map(([, , , chance]) => chance),
    };
    const [low, high] = [curve.map((point) => point[1]), curve.map((point) => point[2])];
    const top = Math.max(1e-9, ...high, ...values.within, ...values.chance) / (1 - HEADROOM);
    for (const [i, name] of NAMES.entries()) {
      setAttributes(this.#lines[i], { d: pathOf(values[name], top) });
      setShown(this.#keys[i], values[name].length > 0);
    }
    setAttributes(this.#band, { d: bandOf(low, high, top) });
    this.#plot.classList.toggle("ew-skeleton", curve.length === 0);
    setText(this.#high, curve.length > 0 ? score(top * (1 - HEADROOM)) : "");
    setText(this.#last, String(curve.length || ""));
    setAttributes(this.#input, {
      max: Math.max(1, curve.length),
      "aria-valuetext": this.#words(k),
    });
    this.#input.valueAsNumber = k;
    setShown(this.#now, curve.length > 0);
    this.#now.style.left = `${SIZE * placeOf(k, curve.length)}%`;
    this.#dot.style.top = `${SIZE * (1 - (values.mean[k - 1] ?? 0) / top)}%`;
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  /** Says what a point is in the title's place, so that nothing moves; 0 = none. */
  #point(k: number): void {
    const words = this.#words(k);
    setShown(this.#title, words === "");
    setShown(this.#cursor, words !== "");
    setText(this.#readout, words);
    this.#cursor.style.left = `${SIZE * placeOf(k, this.#curve.length)}%`;
  }

  #words(k: number): string {
    const point = this.#curve[k - 1];
    return point ? `k = ${k}: ${score(point[0])} (${score(point[1])}–${score(point[2])})` : "";
  }
}

/** Share of the width where k lies, of 1..most. */
export function placeOf(k: number, most: number): number {
  return most > 1 ? (k - 1) / (most - 1) : 0.5;
}

/** The k nearest to a share of the width; outside, the end. */
export function nearestK(share: number, most: number): number {
  return Math.min(most, Math.max(1, Math.round(1 + share * (most - 1))));
}

/** Path through evenly spaced values; one alone is a line across. @param top value at the upper edge */
export function pathOf(values: number[], top: number): string {
  return through(pointsOf(values, top));
}

/** Path around what lies between the low and the high ends. */
export function bandOf(low: number[], high: number[], top: number): string {
  return through([...pointsOf(high, top), ...pointsOf(low, top).reverse()]);
}

function pointsOf(values: number[], top: number): string[] {
  const all = values.length === 1 ? [values[0], values[0]] : values;
  return all.map((value, i) => {
    const [x, y] = [i / (all.length - 1), 1 - value / top];
    return `${(SIZE * x).toFixed(2)} ${(SIZE * y).toFixed(2)}`;
  });
}

function through(points: string[]): string {
  return points.length > 0 ? `M${points.join("L")}` : "";
}
