/** Bars of counts, brushed by pointer or keyboard to select the items behind them. */

import { h, resizeChildren, setAttributes, setShown, setText, uniqueId } from "../ui/dom.ts";
import { count, percent } from "../ui/format.ts";
import { keyTarget } from "../ui/keys.ts";

/** First and last bar, both included. */
export type BarRange = [low: number, high: number];

export interface HistogramProps {
  title: string;
  /** Items in each bar; empty while unknown. */
  counts: number[];
  /** CSS colour of each bar. */
  colors: string[];
  selectedRange: BarRange | null;
  /** Texts below the axis, `at` = index of a bar. */
  ticks: { at: number; text: string }[];
  /** What bar `index` stands for: "3 the same". */
  nameOf(index: number): string;
  /** Selected items in each bar; left out when nothing is selected. */
  selectedCounts?: number[];
}

export interface HistogramOptions {
  /** Called whenever the brushed range changes, also in the middle of a drag; null = cleared. */
  onBrush(range: BarRange | null): void;
}

export class HistogramView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #title = h("span", { class: "ew-caption" });
  readonly #readout = h("span", { class: "ew-readout" });
  readonly #bars: HTMLElement;
  readonly #axis = h("div", { class: "ew-axis", "aria-hidden": true });
  readonly #onBrush: HistogramOptions["onBrush"];
  readonly #barId = uniqueId("bar");
  #props: HistogramProps | null = null;
  /** Bar where the drag or the Shift-extended range began. */
  #anchor: number | null = null;
  #active = 0;
  #brushed: BarRange | null = null;
  #pointer: number | null = null;
  /** Bar under the pointer or the keyboard. */
  #pointed: number | null = null;
  /** The press may be the second click that takes the choice of a single bar back. */
  #repeated = false;

  constructor({ onBrush }: HistogramOptions) {
    this.#onBrush = onBrush;
    this.#bars = h("div", {
      class: "ew-bars",
      role: "listbox",
      tabindex: 0,
      "aria-multiselectable": true,
    });
    const head = h("div", { class: "ew-section-head" }, this.#title, this.#readout);
    this.node = h("div", { class: "ew-section ew-histogram" }, head, this.#bars, this.#axis);
    this.#listen();
  }

  update(props: HistogramProps): void {
    this.#props = props;
    this.#brushed = props.selectedRange;
    const { title, counts, colors, selectedRange, selectedCounts, ticks } = props;
    setText(this.#title, title);
    setAttributes(this.#bars, {
      "aria-label": `${title}. Arrow keys choose a bar, Shift extends, Escape clears.`,
    });
    this.#bars.classList.toggle("ew-skeleton", counts.length === 0);
    this.#active = Math.min(this.#active, Math.max(0, counts.length - 1));
    resizeChildren(this.#bars, counts.length, (index) => this.#bar(index));
    const largest = counts.reduce((most, n) => Math.max(most, n), 1);
    for (const [index, element] of Array.from(this.#bars.children).entries()) {
      const chosen =
        selectedCounts?.[index] ?? (isWithin(selectedRange, index) ? counts[index] : 0);
      setAttributes(element, {
        "aria-label": `${props.nameOf(index)}: ${count(counts[index])}`,
        "aria-selected": isWithin(selectedRange, index),
      });
      const [outer, inner] = element.children as unknown as [HTMLElement, HTMLElement];
      outer.style.height = barHeight(counts[index], largest);
      inner.style.height = barHeight(chosen, largest);
      outer.style.background = inner.style.background = colors[index];
    }
    this.#bars.classList.toggle("ew-some", selectedRange !== null || selectedCounts !== undefined);
    this.#showTicks(counts.length > 0 ? ticks : [], counts.length);
    this.#markActive();
    this.#read();
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #bar(index: number): HTMLElement {
    return h(
      "div",
      { class: "ew-bar", role: "option", id: `${this.#barId}-${index}` },
      h("span", { class: "ew-bar-all" }),
      h("span", { class: "ew-bar-selected" }),
    );
  }

  #showTicks(ticks: HistogramProps["ticks"], bars: number): void {
    resizeChildren(this.#axis, ticks.length, () => h("span", { class: "ew-tick" }));
    for (const [i, element] of Array.from(this.#axis.children).entries()) {
      const { at, text } = ticks[i];
      setText(element, text);
      const end = at === 0 ? "ew-tick-first" : at === bars - 1 ? "ew-tick-last" : "";
      setAttributes(element, { class: `ew-tick ${end}` });
      (element as HTMLElement).style.left = `${tickPlace(at, bars) * 100}%`;
    }
  }

  #listen(): void {
    const { signal } = this.#off;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ) => this.#bars.addEventListener(type, listener, { signal });
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#release(event));
    on("pointercancel", (event) => this.#release(event));
    on("pointerleave", () => this.#point(null));
    on("keydown", (event) => this.#key(event));
    on("focus", () => this.#point(this.#active));
    on("blur", () => this.#point(null));
  }

  #at(event: PointerEvent): number {
    const { left, width } = this.#bars.getBoundingClientRect();
    return barAt(event.clientX - left, width, this.#props?.counts.length ?? 0);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || !this.#props?.counts.length) return;
    const bar = this.#at(event);
    this.#active = bar;
    this.#markActive();
    this.#repeated = this.#brushed?.[0] === bar && this.#brushed[1] === bar;
    this.#pointer = event.pointerId;
    this.#bars.setPointerCapture(event.pointerId);
    if (!event.shiftKey || this.#anchor === null) this.#anchor = bar;
    this.#brush(ordered(this.#anchor, bar));
  }

  #move(event: PointerEvent): void {
    const bar = this.#at(event);
    this.#point(bar);
    if (event.pointerId !== this.#pointer || this.#anchor === null) return;
    if (bar !== this.#anchor) this.#repeated = false;
    this.#brush(ordered(this.#anchor, bar));
  }

  #release(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    if (event.type === "pointerup" && this.#repeated) this.#brush(null);
  }

  #key(event: KeyboardEvent): void {
    const n = this.#props?.counts.length ?? 0;
    if (n === 0) return;
    const key = event.key.replace("Down", "Left").replace("Up", "Right");
    const target = keyTarget(key, this.#active, n, "stop");
    if (target !== null) {
      if (!event.shiftKey || this.#anchor === null)
        this.#anchor = event.shiftKey ? this.#active : target;
      this.#active = target;
      this.#brush(ordered(this.#anchor, target));
    } else if (event.key === "Enter" || event.key === " ") {
      this.#anchor = this.#active;
      this.#brush([this.#active, this.#active]);
    } else if (event.key === "Escape") this.#brush(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#markActive();
    this.#point(this.#active);
  }

  #brush(range: BarRange | null): void {
    if (range === null) this.#anchor = null;
    const before = this.#brushed;
    if (before === range || (before && range && before[0] === range[0] && before[1] === range[1]))
      return;
    this.#brushed = range;
    this.#onBrush(range);
  }

  #markActive(): void {
    const bars = Array.from(this.#bars.children);
    for (const [i, bar] of bars.entries()) bar.classList.toggle("ew-active", i === this.#active);
    setAttributes(this.#bars, { "aria-activedescendant": bars[this.#active]?.id });
  }

  #point(bar: number | null): void {
    this.#pointed = bar;
    this.#read();
  }

  /** Say what a bar is in the title's place, so that nothing moves. */
  #read(): void {
    const props = this.#props;
    const bar = this.#pointed;
    if (bar === null || !props || bar >= props.counts.length) {
      setShown(this.#title, true);
      setText(this.#readout, "");
      return;
    }
    setShown(this.#title, false);
    const total = props.counts.reduce((sum, n) => sum + n, 0);
    const share = total > 0 ? ` · ${percent(props.counts[bar] / total)}` : "";
    setText(this.#readout, `${props.nameOf(bar)}: ${count(props.counts[bar])}${share}`);
  }
}

/** CSS height of a bar: linear, but what is not zero is never invisible. */
export function barHeight(n: number, largest: number): string {
  return n === 0 ? "0" : `max(1px, ${((100 * n) / largest).toFixed(2)}%)`;
}

/** Bar below `x` in a row of equal bars; outside it, the nearest. */
export function barAt(x: number, width: number, bars: number): number {
  return Math.min(bars - 1, Math.max(0, Math.floor((x / width) * bars)));
}

/** Share of the axis where the middle of a bar lies; its outer edge for the first and the last bar. */
export function tickPlace(at: number, bars: number): number {
  if (at === 0) return 0;
  return at === bars - 1 ? 1 : (at + 0.5) / bars;
}

function ordered(one: number, other: number): BarRange {
  return one < other ? [one, other] : [other, one];
}

function isWithin(range: BarRange | null, index: number): boolean {
  return range !== null && index >= range[0] && index <= range[1];
}
