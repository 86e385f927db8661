/** What the colours mean. Categories select their items by a click. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { count, plural } from "../ui/format.ts";
import { NameCuts } from "../ui/name_cuts.ts";
import { rove } from "../ui/roving.ts";
import { modeOf, type SelectMode } from "../wire/selection.ts";
import { type Legend, type LegendEntry, MISSING } from "./color.ts";
import { endsText } from "./quantity.ts";

/** More entries than are seen at once need a filter. */
const MANY = 12;
/** Found by the filter; more letters find the others. */
const MOST = 200;

type Categories = Legend & { kind: "category" };

export interface LegendProps {
  legend: Legend;
  /** What a category is: "label", "group". */
  noun: string;
}

export interface LegendOptions {
  /** The items of this entry were asked for. */
  onPick(entry: LegendEntry, mode: SelectMode): void;
}

export class LegendView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #title = h("div", { class: "ew-legend-total" });
  readonly #filter = h("input", { type: "search", class: "ew-filter" });
  readonly #list = h("div", { class: "ew-legend-list", role: "group" });
  readonly #ramp = h("div");
  readonly #cuts = new NameCuts(this.#list, ".ew-legend-label");
  #legend: Legend | null = null;
  #noun = "";
  /** What is in the list, in its order. */
  #entries: LegendEntry[] = [];

  constructor({ onPick }: LegendOptions) {
    const parts = [this.#ramp, this.#title, this.#filter, this.#list];
    this.node = h("div", { class: "ew-legend" }, parts);
    const { signal } = this.#off;
    this.#list.addEventListener(
      "click",
      (event) => {
        const button = (event.target as Element).closest("[data-code]");
        const at = Array.from(this.#list.children).indexOf(button as Element);
        if (at >= 0) onPick(this.#entries[at], modeOf(event));
      },
      { signal },
    );
    rove(this.#list, signal);
    this.#filter.addEventListener("input", () => this.#find(), { signal });
    this.#filter.addEventListener(
      "keydown",
      (event) => {
        const first = this.#list.querySelector<HTMLElement>("button");
        if (event.key === "ArrowDown") first?.focus();
        else if (event.key === "Enter") first?.click();
        else return;
        event.preventDefault();
      },
      { signal },
    );
  }

  update({ legend, noun }: LegendProps): void {
    if (legend === this.#legend) return;
    const before = this.#legend;
    this.#legend = legend;
    this.#noun = noun;
    const isCategory = legend.kind === "category";
    setShown(this.#ramp, !isCategory);
    setShown(this.#title, isCategory);
    if (isCategory) {
      const n = legend.entries.length - Number(legend.others.length > 0) + legend.others.length;
      setText(this.#title, legend.title ?? plural(n, noun));
      setShown(this.#filter, n > MANY);
      const words = `filter ${plural(n, noun)}`;
      setAttributes(this.#filter, { placeholder: words, "aria-label": "Filter the legend" });
      setAttributes(this.#list, { "aria-label": legend.title ?? `${noun}s` });
      // Other words than those that it was written for would find nothing.
      if (before && namesOf(before) !== namesOf(legend)) this.#filter.value = "";
    } else {
      setShown(this.#filter, false);
      this.#ramp.replaceChildren(...rampElements(legend));
    }
    this.#find();
  }

  destroy(): void {
    this.#off.abort();
    this.#cuts.destroy();
    this.node.remove();
  }

  /** Lists what the filter leaves. */
  #find(): void {
    const legend = this.#legend;
    if (!legend) return;
    const missing =
      legend.kind !== "coincidence" && legend.missing > 0 ? [missingEntry(legend)] : [];
    const entries = legend.kind === "category" ? found(legend, this.#filter.value) : [];
    this.#show([...entries, ...(this.#filter.value ? [] : missing)]);
  }

  #show(entries: LegendEntry[]): void {
    const isSame =
      entries.length === this.#entries.length &&
      entries.every(({ label, count, code }, i) => {
        const other = this.#entries[i];
        return label === other.label && count === other.count && code === other.code;
      });
    this.#entries = entries;
    // Other colours alone leave the keyboard where it is.
    if (!isSame) {
      this.#list.replaceChildren(...entries.map(entryElement));
      this.#cuts.update();
    }
    for (const [i, { css }] of entries.entries()) {
      const swatch = this.#list.children[i].firstElementChild as HTMLElement;
      swatch.style.background = css;
    }
    setShown(this.#list, entries.length > 0);
    if (this.#legend?.kind === "category" && entries.length === 0) {
      setText(this.#title, `no ${this.#noun} has "${this.#filter.value.trim()}"`);
    }
  }
}

function namesOf(legend: Legend): string {
  if (legend.kind !== "category") return legend.kind;
  return JSON.stringify(legend.entries.map(({ label }) => label));
}

/** Entries whose name holds the query, whatever the case; without one, all that have a code. */
function found({ entries, others }: Categories, query: string): LegendEntry[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return entries;
  const all = [...entries, ...others].filter(({ code, category, label }) => {
    return (category !== null || others.length === 0 || code === MISSING) && label !== "";
  });
  return all.filter(({ label }) => label.toLowerCase().includes(wanted)).slice(0, MOST);
}

function entryElement({ label, count: n, code }: LegendEntry, i: number): HTMLElement {
  const name = h("span", { class: "ew-legend-label", dir: "auto" });
  // A label may be empty or blank: its row stays as high as the others.
  setText(name, label.trim() === "" ? "(blank)" : label);
  const missing = code === MISSING ? " ew-swatch-missing" : "";
  return h(
    "button",
    {
      type: "button",
      class: "ew-legend-entry",
      "data-code": code,
      tabindex: i === 0 ? 0 : -1,
      title: `${label}: select (Shift adds, Alt removes)`,
    },
    h("span", { class: `ew-swatch${missing}`, "aria-hidden": true }),
    name,
    h("span", { class: "ew-legend-count" }, count(n)),
  );
}

function missingEntry(legend: Exclude<Legend, { kind: "coincidence" }>): LegendEntry {
  const infinite = legend.kind === "category" ? 0 : (legend.infinite ?? 0);
  const some = infinite > 0 ? "missing or infinite" : "missing";
  const label = infinite === legend.missing ? "infinite" : some;
  return { label, count: legend.missing, css: "", code: MISSING, category: null };
}

/** What stands at both ends of a ramp; "3 above 12.4" where some items lie beyond. */
export function rampEnds(legend: Exclude<Legend, Categories>): [string, string] {
  if (legend.kind === "difference") return ["A wins", "B wins"];
  const [low, high] =
    legend.kind === "coincidence"
      ? [legend.low, legend.high].map((n) => `${n} of ${legend.k}`)
      : endsText(legend.min, legend.max, legend);
  return [
    legend.below > 0 ? `${count(legend.below)} below ${low}` : low,
    legend.above > 0 ? `${count(legend.above)} above ${high}` : high,
  ];
}

function rampElements(legend: Exclude<Legend, Categories>): HTMLElement[] {
  const bar = h("div", { class: "ew-ramp", "aria-hidden": true });
  bar.style.background = `linear-gradient(to right, ${legend.ramp.join(", ")})`;
  const [low, high] = rampEnds(legend);
  const ends = h("div", { class: "ew-ramp-ends" }, h("span", {}, low), h("span", {}, high));
  if (legend.kind !== "coincidence") return [bar, ends];
  return [h("div", { class: "ew-legend-total" }, "neighbours that are the same"), bar, ends];
}
