/** The labels of what is selected: how much of it each is here, and in all. */

import { h, setShown, setText } from "../ui/dom.ts";
import { count, percent, plural } from "../ui/format.ts";
import { NameCuts } from "../ui/name_cuts.ts";

/** More rows are slow to lay out, and nobody reads them. */
const MOST = 100;

/** A label among the selected items. */
export interface SelectionLabel {
  code: number;
  label: string;
  /** Selected items that have it, and their share of the selected ones that have a label. */
  n: number;
  here: number;
  /** Its share of all items that have a label. */
  everywhere: number;
  /** Of the selected ones that have it, those where either space wins. */
  winsA: number;
  winsB: number;
}

export interface SelectionLabelsProps {
  labels: readonly SelectionLabel[];
  /** Whether it is known which space wins. */
  hasWins: boolean;
}

export class SelectionLabelsView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #list = h("ul", {
    class: "ew-selection-labels",
    "aria-label": "Labels of the selection",
  });
  readonly #caption = h("p", { class: "ew-muted" });
  readonly #cuts = new NameCuts(this.#list, ".ew-selection-name");

  /** @param onPick of a label, alone or with all of its items */
  constructor(onPick: (code: number, all: boolean) => void) {
    this.node = h("div", { class: "ew-selection-side" }, this.#caption, this.#list);
    this.#list.addEventListener(
      "click",
      (event) => {
        const code = (event.target as Element).closest<HTMLElement>("[data-code]")?.dataset.code;
        if (code !== undefined) onPick(Number(code), event.shiftKey);
      },
      { signal: this.#off.signal },
    );
  }

  update({ labels, hasWins }: SelectionLabelsProps): void {
    setShown(this.node, labels.length > 0);
    const most = labels.length > MOST ? `, the first ${MOST} of them below` : "";
    setText(this.#caption, `${plural(labels.length, "label")}${most}`);
    this.#list.replaceChildren(
      ...labels.slice(0, MOST).map((label) => h("li", {}, labelButton(label, hasWins))),
    );
    this.#cuts.update();
  }

  destroy(): void {
    this.#off.abort();
    this.#cuts.destroy();
  }
}

function labelButton(
  { code, label, n, here, everywhere, winsA, winsB }: SelectionLabel,
  hasWins: boolean,
): HTMLElement {
  const name = label.trim() === "" ? "(blank)" : label;
  const title = `${name}: ${plural(n, "selected item")}. Click keeps these alone, Shift selects all items of the label.`;
  const wins = hasWins
    ? [
        h("span", { class: "ew-ink-a" }, `A wins ${count(winsA)}`),
        " · ",
        h("span", { class: "ew-ink-b" }, `B wins ${count(winsB)}`),
      ]
    : [count(n)];
  return h(
    "button",
    { type: "button", class: "ew-selection-label", "data-code": code, title },
    h("span", { class: "ew-selection-name", dir: "auto" }, name),
    h("span", { class: "ew-selection-share" }, `${percent(here)} here`),
    h("span", { class: "ew-selection-won" }, wins),
    h("span", { class: "ew-muted" }, `${percent(everywhere)} in all`),
  );
}
