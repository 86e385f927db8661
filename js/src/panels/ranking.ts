/** A list of rows that select their items by a click, or in its place why there is none. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { NameCuts } from "../ui/name_cuts.ts";
import { rove } from "../ui/roving.ts";
import { modeOf, type SelectMode } from "../wire/selection.ts";
import type { Missing } from "./figures.ts";

/** More rows would be slow to lay out, and nobody reads them: a filter finds the others. */
export const MOST_ROWS = 500;

export interface RankingProps<Row> {
  /** Null when there are rows. */
  missing: Missing | null;
  /** What the rows come to, in a sentence. */
  summary: string;
  /** What was sampled; "" = nothing to say. */
  note: string;
  rows: Row[];
  /** Of how many `rows` are the first. */
  total: number;
}

export interface RankingOptions<Row> {
  /** "labels, ..." names the list. */
  label: string;
  /** Stands between the summary and the list. */
  head: HTMLElement[];
  /** What a row shows, and what it says of itself to whoever asks. */
  draw(row: Row): [content: HTMLElement[], title: string];
  onPick(row: Row, mode: SelectMode): void;
}

export class RankingView<Row> {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #options: RankingOptions<Row>;
  readonly #missing = h("p", { class: "ew-missing", role: "status" });
  readonly #summary = h("p");
  readonly #note = h("p", { class: "ew-note" });
  readonly #list: HTMLElement;
  readonly #more = h("p", { class: "ew-note" });
  readonly #content: HTMLElement;
  readonly #cuts: NameCuts;
  #shown: Row[] | null = null;

  constructor(options: RankingOptions<Row>) {
    this.#options = options;
    this.#list = h("ul", { class: "ew-ranking", "aria-label": options.label });
    const content = [this.#summary, this.#note, ...options.head, this.#list, this.#more];
    this.#content = h("div", { class: "ew-panel-content" }, content);
    this.node = h("div", { class: "ew-panel" }, this.#missing, this.#content);
    const { signal } = this.#off;
    this.#list.addEventListener(
      "click",
      (event) => {
        const entry = (event.target as Element).closest<HTMLElement>("[data-row]");
        const row = this.#shown?.[Number(entry?.dataset.row)];
        if (row) options.onPick(row, modeOf(event));
      },
      { signal },
    );
    rove(this.#list, signal);
    this.#cuts = new NameCuts(this.#list, ".ew-rank-name");
  }

  update({ missing, summary, note, rows, total }: RankingProps<Row>): void {
    setShown(this.#content, missing === null);
    setShown(this.#missing, missing !== null);
    setText(this.#missing, missing?.text ?? "");
    setAttributes(this.#missing, { "data-state": missing?.state });
    setText(this.#summary, summary);
    setText(this.#note, note);
    const most = Math.min(rows.length, MOST_ROWS);
    setText(this.#more, most < total ? `The first ${count(most)} of ${count(total)}.` : "");
    if (rows === this.#shown) return;
    this.#shown = rows;
    this.#list.replaceChildren(
      ...rows.slice(0, MOST_ROWS).map((row, i) => {
        const [content, title] = this.#options.draw(row);
        const help = `${title} Click selects, Shift adds, Alt removes.`;
        const attributes = { type: "button", class: "ew-rank", "data-row": i, title: help };
        return h("li", {}, h("button", { ...attributes, tabindex: i === 0 ? 0 : -1 }, content));
      }),
    );
    this.#list.scrollTop = 0;
    this.#cuts.update();
  }

  /** Shows which row is chosen. */
  mark(isChosen: (row: Row) => boolean): void {
    for (const [i, { firstElementChild }] of Array.from(this.#list.children).entries()) {
      const row = this.#shown?.[i];
      if (row && firstElementChild) {
        setAttributes(firstElementChild, { "aria-pressed": isChosen(row) });
      }
    }
  }

  destroy(): void {
    this.#off.abort();
    this.#cuts.destroy();
    this.node.remove();
  }
}

/** Name, number of items, and what a row leads with. */
export function rowHead(name: string, n: number, lead: HTMLElement | null): HTMLElement[] {
  return [
    h("span", { class: "ew-rank-name", dir: "auto" }, name.trim() === "" ? "(blank)" : name),
    h("span", { class: "ew-muted" }, count(n)),
    ...(lead ? [lead] : []),
  ];
}

/** Bars of shares in 0..1, in the colours of their sides. */
export function rowTwins(sides: ["a" | "b", number][]): HTMLElement {
  const bars = sides.map(([side, share]) => {
    const bar = h("span", { class: `ew-dot-${side}` });
    bar.style.width = `${100 * share}%`;
    return bar;
  });
  return h("span", { class: "ew-twins", "aria-hidden": true }, bars);
}
