/** What the colours mean. Categories select their items by a click. */

import { h, setText } from "../ui/dom.ts";
import { count, plural } from "../ui/format.ts";
import { modeOf, type SelectMode } from "../wire/selection.ts";
import { type Legend, MISSING } from "./color.ts";
import { endsText } from "./quantity.ts";

export interface LegendProps {
  legend: Legend;
  /** What a category is: "label", "group". */
  noun: string;
}

export interface LegendOptions {
  /** The items with this palette index were asked for. */
  onPick(code: number, mode: SelectMode): void;
}

export class LegendView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  #shown: Legend | null = null;

  constructor({ onPick }: LegendOptions) {
    this.node = h("div", { class: "ew-legend" });
    this.node.addEventListener(
      "click",
      (event) => {
        const entry = (event.target as Element).closest<HTMLElement>("[data-code]");
        if (entry !== null) onPick(Number(entry.dataset.code), modeOf(event));
      },
      { signal: this.#off.signal },
    );
  }

  update({ legend, noun }: LegendProps): void {
    if (legend === this.#shown) return;
    this.#shown = legend;
    this.node.replaceChildren(...contentOf(legend, noun));
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}

function contentOf(legend: Legend, noun: string): HTMLElement[] {
  if (legend.kind === "coincidence") return [rampElement(legend.ramp, ...rampEnds(legend))];
  const missing = legend.missing > 0 ? [missingElement(legend)] : [];
  if (legend.kind !== "category") {
    return [rampElement(legend.ramp, ...rampEnds(legend)), ...missing];
  }
  const entries = legend.entries.map(({ label, count: n, css, code }) => {
    const swatch = h("span", { class: "ew-swatch", "aria-hidden": true });
    swatch.style.background = css;
    return entryElement(swatch, label, n, code);
  });
  const n = legend.hidden > 0 ? entries.length - 1 + legend.hidden : entries.length;
  const total = h("div", { class: "ew-legend-total" }, plural(n, noun));
  return [total, h("div", { class: "ew-legend-list" }, entries, missing)];
}

/** What the two ends of a ramp mean. */
export function rampEnds(legend: Exclude<Legend, { kind: "category" }>): [string, string] {
  if (legend.kind === "coincidence") return ["spaces differ", "spaces agree"];
  const above = legend.above > 0 ? ` and more (${count(legend.above)})` : "";
  const [low, high] =
    legend.kind === "difference" ? ["A wins", "B wins"] : endsText(legend.min, legend.max, legend);
  return [low, high + above];
}

function entryElement(swatch: HTMLElement, label: string, n: number, code: number): HTMLElement {
  const name = h("span", { class: "ew-legend-label", dir: "auto" });
  // A label may be empty or blank: its row stays as high as the others.
  setText(name, label.trim() === "" ? "(blank)" : label);
  return h(
    "button",
    {
      type: "button",
      class: "ew-legend-entry",
      "data-code": code,
      title: `${label}: select (Shift adds, Alt removes)`,
    },
    swatch,
    name,
    h("span", { class: "ew-legend-count" }, count(n)),
  );
}

function missingElement(legend: Exclude<Legend, { kind: "coincidence" }>): HTMLElement {
  const swatch = h("span", { class: "ew-swatch ew-swatch-missing", "aria-hidden": true });
  const infinite = legend.kind === "category" ? 0 : (legend.infinite ?? 0);
  const some = infinite > 0 ? "missing or infinite" : "missing";
  const name = infinite === legend.missing ? "infinite" : some;
  return entryElement(swatch, name, legend.missing, MISSING);
}

function rampElement(ramp: string[], low: string, high: string): HTMLElement {
  const bar = h("div", { class: "ew-ramp", "aria-hidden": true });
  bar.style.background = `linear-gradient(to right, ${ramp.join(", ")})`;
  const ends = h("div", { class: "ew-ramp-ends" }, h("span", {}, low), h("span", {}, high));
  return h("div", {}, bar, ends);
}
