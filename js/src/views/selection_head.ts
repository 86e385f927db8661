/** What is selected, in words, and what can be done with it. */

import { h, setShown, setText } from "../ui/dom.ts";
import { count, percent, plural } from "../ui/format.ts";

export interface SelectionWords {
  n: number;
  nItems: number;
  k: number;
  /** Neighbours that are the same; null while it is unknown. */
  agreement: { inside: number; outside: number | null } | null;
  /** Items where either space wins; null without a label. */
  wins: { a: number; b: number } | null;
}

/** "1.2 of 10 neighbours are the same here, 4.5 elsewhere". */
export function agreementWords({ k, agreement }: SelectionWords): string {
  if (agreement === null) return "";
  const { inside, outside } = agreement;
  const here = `${inside.toFixed(1)} of ${k} neighbours are the same here`;
  return outside === null ? here : `${here}, ${outside.toFixed(1)} elsewhere`;
}

export type SelectionAction = "invert" | "zoom" | "clear" | "ids" | "csv" | "python";

/** What stands in Python for what the table shows. */
export const PYTHON = "w.selected_frame()";

const ACTIONS: [action: SelectionAction, text: string, title: string][] = [
  ["invert", "Invert", "Select all other items"],
  ["zoom", "Zoom to it", "Bring the selected items into sight, as large as they can be"],
  ["clear", "Deselect", "Select nothing (Esc)"],
  ["ids", "Copy ids", "Copy the ids of the rows below, one a line"],
  ["csv", "Save CSV", "Save the rows below, in their order"],
  ["python", PYTHON, "Copy this line: the selected items as a DataFrame, where w is the widget"],
];

export class SelectionHeadView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #n = h("strong");
  readonly #agreement = h("span");
  readonly #wins = h("span");
  readonly #a = h("strong", { class: "ew-ink-a" });
  readonly #b = h("strong", { class: "ew-ink-b" });
  readonly #told = h("span", { class: "ew-muted", role: "status" });

  /** @param hasPython whether the selection can be had there */
  constructor(onAction: (action: SelectionAction) => void, hasPython: boolean) {
    this.#wins.append(this.#a, ", ", this.#b);
    const words = [this.#n, this.#agreement, this.#wins];
    const offered = ACTIONS.filter(([action]) => action !== "python" || hasPython);
    const buttons = offered.map(([action, text, title]) => {
      const look = action === "python" ? "ew-button ew-code" : "ew-button";
      return h("button", { type: "button", class: look, title, "data-action": action }, text);
    });
    this.node = h(
      "div",
      { class: "ew-selection-head" },
      h("p", { class: "ew-selection-words" }, words),
      h("div", { class: "ew-selection-actions" }, buttons, this.#told),
    );
    this.node.addEventListener(
      "click",
      (event) => {
        const button = (event.target as Element).closest<HTMLElement>("[data-action]");
        if (button) onAction(button.dataset.action as SelectionAction);
      },
      { signal: this.#off.signal },
    );
  }

  update(words: SelectionWords): void {
    const { n, nItems, k, wins } = words;
    setText(this.#n, `${plural(n, "item")} selected (${percent(n / nItems)})`);
    setText(this.#agreement, agreementWords(words));
    setShown(this.#wins, wins !== null);
    setText(this.#a, `A wins ${count(wins?.a ?? 0)}`);
    setText(this.#b, `B wins ${count(wins?.b ?? 0)}`);
    this.#wins.title = `Items that have more of their own label among their ${k} neighbours in A, and in B`;
  }

  /** What became of the last action. */
  tell(text: string): void {
    setText(this.#told, text);
  }

  destroy(): void {
    this.#off.abort();
  }
}
