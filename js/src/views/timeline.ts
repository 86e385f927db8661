/** The steps of a series on a line, with a handle for A and one for B, and how far the steps agree. */

import { h, setAttributes, setText, svg } from "../ui/dom.ts";
import type { Side, TwoOf } from "../wire/model.ts";

export interface TimelineProps {
  /** What each step is called. */
  names: readonly string[];
  pair: TwoOf;
  /** Both handles move together, so that neither is in the way of the other. */
  isJoined: boolean;
  /** Agreement of each step with the last one, and with the one before it, above chance; null = none. */
  toLast: readonly (number | null)[];
  toBefore: readonly (number | null)[];
  /** Value at the upper edge. */
  top: number;
  /** What is said of the map of each side; "" = nothing. */
  notes: readonly [a: string, b: string];
}

export interface TimelineOptions {
  /** A handle was moved; to where the other one is only when they are joined. */
  onMove(side: Side, step: number): void;
}

const SIZE = 100;
const SIDES = ["a", "b"] as const;

export class TimelineView {
  readonly node: HTMLElement;
  readonly #options: TimelineOptions;
  readonly #off = new AbortController();
  readonly #last = svg("path", { class: "ew-timeline-last" });
  readonly #before = svg("path", { class: "ew-timeline-before" });
  readonly #plot: HTMLElement;
  readonly #handles = SIDES.map((side) => new Handle(side));
  readonly #ends = [
    h("span", { class: "ew-timeline-end" }),
    h("span", { class: "ew-timeline-end" }),
  ];
  readonly #notes = SIDES.map(() => h("span", { class: "ew-timeline-note" }));
  #props: TimelineProps | null = null;
  #dragged: Side | null = null;

  constructor(options: TimelineOptions) {
    this.#options = options;
    const box = { viewBox: `0 0 ${SIZE} ${SIZE}`, preserveAspectRatio: "none" };
    const lines = svg("svg", { ...box, "aria-hidden": true }, this.#before, this.#last);
    const handles = this.#handles.map(({ node }) => node);
    this.#plot = h("div", { class: "ew-timeline-plot" }, lines, handles);
    const key = (name: string, text: string) =>
      h("span", {}, h("span", { class: `ew-key-${name}`, "aria-hidden": true }), text);
    this.node = h(
      "div",
      { class: "ew-timeline" },
      this.#plot,
      h("div", { class: "ew-timeline-axis", "aria-hidden": true }, this.#ends),
      h(
        "div",
        { class: "ew-timeline-feet" },
        this.#notes,
        key("last", "agrees with the last step"),
        key("before", "with the step before"),
      ),
    );
    const { signal } = this.#off;
    for (const handle of this.#handles) {
      handle.input.addEventListener(
        "input",
        () => this.#move(handle.side, handle.input.valueAsNumber),
        { signal },
      );
    }
    const on = (type: "pointerdown" | "pointermove", listener: (event: PointerEvent) => void) =>
      this.#plot.addEventListener(type, listener, { signal });
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.#plot.setPointerCapture(event.pointerId);
      this.#dragged = this.#nearest(event);
      this.#handles[this.#dragged === "a" ? 0 : 1].input.focus({ preventScroll: true });
      this.#drag(event);
    });
    on("pointermove", (event) => this.#drag(event));
    for (const type of ["pointerup", "pointercancel"] as const) {
      const drop = () => {
        this.#dragged = null;
      };
      this.#plot.addEventListener(type, drop, { signal });
    }
  }

  update(props: TimelineProps): void {
    this.#props = props;
    const { names, pair, toLast, toBefore, top, notes } = props;
    setAttributes(this.#last, { d: pathThrough(toLast, top) });
    setAttributes(this.#before, { d: pathThrough(toBefore, top) });
    for (const [i, handle] of this.#handles.entries()) {
      const name = names[pair[i]] ?? "";
      handle.update(pair[i], names.length - 1, name);
      const letter = handle.side.toUpperCase();
      setText(this.#notes[i], `${letter} · ${name}${notes[i] ? `: ${notes[i]}` : ""}`);
      setAttributes(this.#notes[i], { title: this.#notes[i].textContent });
    }
    setText(this.#ends[0], names[0] ?? "");
    setText(this.#ends[1], names[names.length - 1] ?? "");
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #share({ clientX }: PointerEvent): number {
    const { left, width } = this.#plot.getBoundingClientRect();
    return (clientX - left) / width;
  }

  #nearest(event: PointerEvent): Side {
    const { pair = [0, 1], names = [] } = this.#props ?? {};
    const at = this.#share(event) * (names.length - 1);
    const [toA, toB] = pair.map((step) => Math.abs(step - at));
    return toA < toB || (toA === toB && at < pair[0]) ? "a" : "b";
  }

  #drag(event: PointerEvent): void {
    const { names = [] } = this.#props ?? {};
    const last = names.length - 1;
    if (!this.#dragged || last < 1) return;
    this.#move(this.#dragged, Math.min(last, Math.max(0, Math.round(this.#share(event) * last))));
  }

  /** Past the other handle, where the one would come to lie on it. */
  #move(side: Side, wanted: number): void {
    if (!this.#props) return;
    const { pair, names, isJoined } = this.#props;
    const [own, other] = side === "a" ? pair : [pair[1], pair[0]];
    let step = wanted;
    if (step === other && !isJoined && this.#dragged === null) step += wanted > own ? 1 : -1;
    const isFree = (isJoined || step !== other) && step >= 0 && step < names.length;
    if (isFree && step !== own) this.#options.onMove(side, step);
    // What was refused is not to stand in the field.
    this.update(this.#props);
  }
}

/** A knob, and the field below it that takes the keyboard. */
class Handle {
  readonly side: Side;
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;

  constructor(side: Side) {
    this.side = side;
    const letter = side.toUpperCase();
    this.input = h("input", { type: "range", min: 0, step: 1, "aria-label": `Step of ${letter}` });
    const knob = h("span", { class: "ew-timeline-knob", "aria-hidden": true }, letter);
    this.node = h("div", { class: "ew-timeline-handle", "data-side": side }, this.input, knob);
  }

  update(step: number, last: number, name: string): void {
    setAttributes(this.input, { max: last, "aria-valuetext": name });
    this.input.valueAsNumber = step;
    this.node.style.left = `${SIZE * placeOf(step, last)}%`;
  }
}

function placeOf(step: number, last: number): number {
  return last > 0 ? step / last : 0.5;
}

/** Path through those that are known. */
function pathThrough(values: readonly (number | null)[], top: number): string {
  const points = values.flatMap((value, step) => {
    if (value === null) return [];
    const x = SIZE * placeOf(step, values.length - 1);
    return `${x.toFixed(2)} ${(SIZE * (1 - Math.max(0, value) / top)).toFixed(2)}`;
  });
  return points.length > 1 ? `M${points.join("L")}` : "";
}
