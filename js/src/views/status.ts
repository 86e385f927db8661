/** The bottom line: how the spaces were joined, and how much is selected. */

import { h, setShown, setText } from "../ui/dom.ts";
import { count, percent, plural } from "../ui/format.ts";
import type { JoinInfo } from "../wire/model.ts";

export interface StatusProps {
  join: JoinInfo;
  /** What became of the work, when it was stopped; "" = nothing to say. */
  note: string;
  /** Which pictures cannot be read; "" = all can. */
  pictures: string;
  /** Number of selected items. */
  selected: number;
}

export interface StatusOptions {
  onClear(): void;
}

/** How the rows were paired, and what is to be known of it. */
export function pairedWords({ paired_by, dropped_a, dropped_b, notes }: JoinInfo): string[] {
  const dropped = [
    ["A", dropped_a],
    ["B", dropped_b],
  ] as const;
  return [
    `paired ${paired_by}`,
    ...dropped.flatMap(([side, n]) => (n > 0 ? [`${count(n)} without a vector in ${side}`] : [])),
    ...notes,
  ];
}

export class StatusView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #joined = h("span");
  readonly #paired = h("span", { class: "ew-status-paired" });
  readonly #note = h("span", { class: "ew-status-note", role: "status" });
  readonly #pictures = h("span", { class: "ew-status-pictures", role: "status" });
  readonly #selected = h("span", { role: "status" });
  readonly #clear = h("button", { type: "button", class: "ew-link" }, "clear");

  constructor({ onClear }: StatusOptions) {
    const right = h("span", { class: "ew-status-right" }, this.#selected, this.#clear);
    const left = h("span", {}, this.#joined, this.#paired);
    this.node = h("footer", { class: "ew-status" }, left, this.#note, right, this.#pictures);
    this.#clear.addEventListener("click", onClear, { signal: this.#off.signal });
  }

  update({ join, note, pictures, selected }: StatusProps): void {
    const { matched, only_a, only_b } = join;
    setText(
      this.#joined,
      `${plural(matched, "item")} joined · ${count(only_a)} only in A · ${count(only_b)} only in B`,
    );
    setText(this.#paired, ["", ...pairedWords(join)].join(" · "));
    setText(this.#note, note);
    setText(this.#pictures, pictures);
    setShown(this.#pictures, pictures !== "");
    const share = matched > 0 ? ` (${percent(selected / matched)})` : "";
    setText(
      this.#selected,
      selected > 0 ? `${count(selected)} selected${share}` : "nothing selected",
    );
    setShown(this.#clear, selected > 0);
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}
