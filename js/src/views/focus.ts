/** The focused item: what it is, and which space surrounds it with its own kind. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import type { NeighborLists, Row } from "../wire/model.ts";
import { shareLabel } from "../wire/rows.ts";
import { sharedRanks } from "./neighbors.ts";
import { thumbnail } from "./thumbnail.ts";

export interface FocusProps {
  focus: Row | null;
  k: number;
  /** Null while unknown. */
  lists: NeighborLists | null;
  /** What is known of the items in the lists, by row position. */
  rows: Map<number, Row>;
  /** Name of the label column; "" = none. */
  labelName: string;
}

export class FocusView {
  readonly node: HTMLElement;
  readonly #image = thumbnail("ew-focus-image");
  readonly #id = h("strong", { class: "ew-focus-id" });
  readonly #details = h("div", { class: "ew-focus-details" });
  readonly #text = h("p", { class: "ew-focus-text", tabindex: 0 });
  readonly #agreement = { a: h("p"), b: h("p") };
  readonly #verdict = h("p", { class: "ew-verdict" });
  readonly #empty = h("p", { class: "ew-muted" }, "Nothing yet.");
  readonly #card: HTMLElement;

  constructor() {
    const { a, b } = this.#agreement;
    const words = h("div", { class: "ew-focus-words" }, this.#id, this.#details);
    this.#card = h(
      "div",
      { class: "ew-focus-card", hidden: true },
      h("div", { class: "ew-focus-head" }, this.#image, words),
      h("div", { class: "ew-agreement" }, a, b, this.#verdict),
      this.#text,
    );
    this.node = h(
      "section",
      { class: "ew-focus", "aria-label": "In focus" },
      h("h3", { class: "ew-caption" }, "In focus"),
      this.#empty,
      this.#card,
    );
  }

  update({ focus, k, lists, rows, labelName }: FocusProps): void {
    setShown(this.#card, focus !== null);
    setShown(this.#empty, focus === null);
    if (focus === null) return;
    setAttributes(this.#image, { src: focus.image });
    setShown(this.#image, focus.image !== null);
    setText(this.#id, focus.id);
    setAttributes(this.#id, { title: focus.id });
    setText(this.#text, focus.text ?? "");
    setShown(this.#text, focus.text !== null && focus.text !== "");
    const label = labelName !== "" ? focus.label : null;
    this.#details.replaceChildren(...detailsOf(label, labelName, lists, k));
    this.#compareLabels(
      label === null || lists === null ? null : sameLabel(focus.labels, lists, rows, k),
      k,
    );
  }

  destroy(): void {
    this.node.remove();
  }

  #compareLabels(agreement: SameLabel | null, k: number): void {
    const { a, b } = this.#agreement;
    for (const element of [a, b, this.#verdict]) setShown(element, agreement !== null);
    if (agreement === null) return;
    const line = (n: number) => `${n} of ${k} neighbours have the label`;
    setText(a, `A: ${line(agreement.a)}`);
    setText(b, `B: ${line(agreement.b)}`);
    const better = agreement.a > agreement.b ? "a" : "b";
    setShown(this.#verdict, agreement.a !== agreement.b);
    setText(this.#verdict, `${better.toUpperCase()} is better here`);
    setAttributes(this.#verdict, { class: `ew-verdict ew-ink-${better}` });
  }
}

function detailsOf(
  label: string | null,
  labelName: string,
  lists: NeighborLists | null,
  k: number,
): Node[] {
  const detail = (name: string, value: string) =>
    h("span", { class: "ew-detail", title: value }, `${name} `, h("strong", {}, value));
  const found: Node[] = [];
  if (label !== null) found.push(detail(labelName, label));
  if (lists !== null) {
    found.push(detail("the same neighbours", `${sharedRanks(lists, k).length} of ${k}`));
  }
  return found;
}

/** Neighbours within k that carry the focused item's label, or one of its labels. */
export interface SameLabel {
  a: number;
  b: number;
}

/** Null while the label of one of the neighbours is unknown. */
export function sameLabel(
  labels: string[],
  { indices_a, indices_b }: NeighborLists,
  rows: Map<number, Row>,
  k: number,
): SameLabel | null {
  const near = [...indices_a.subarray(0, k), ...indices_b.subarray(0, k)];
  if (near.some((item) => !rows.has(item))) return null;
  const same = (items: NeighborLists["indices_a"]) =>
    Array.from(items.subarray(0, k)).filter((item) =>
      shareLabel(labels, rows.get(item)?.labels ?? []),
    ).length;
  return { a: same(indices_a), b: same(indices_b) };
}
