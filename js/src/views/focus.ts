/** The focused item: what it is, and which space surrounds it with its own kind. */

import { h, resizeChildren, setAttributes, setShown, setText } from "../ui/dom.ts";
import type { NeighborLists, Row } from "../wire/model.ts";
import { shareLabel } from "../wire/rows.ts";
import type { ItemColor, ShownColumn } from "./neighbor_texts.ts";
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
  /** More columns, as in `Row.shown`. */
  shown: ShownColumn[];
  /** What the points are coloured by; null while it is unknown, or shown in any case. */
  color: ItemColor | null;
}

export class FocusView {
  readonly node: HTMLElement;
  readonly #image = thumbnail("ew-focus-image");
  readonly #id = h("strong", { class: "ew-focus-id", dir: "auto" });
  readonly #details = h("div", { class: "ew-focus-details" });
  readonly #text = h("p", { class: "ew-focus-text", dir: "auto", tabindex: 0 });
  readonly #shown = h("dl", { class: "ew-focus-shown" });
  readonly #agreement = { a: h("p"), b: h("p") };
  readonly #verdict = h("p", { class: "ew-verdict" });
  /** Steps back and forward stand here, and what brings the last item back. */
  readonly stepsSlot = h("div", { class: "ew-steps-slot" });
  readonly undoSlot = h("span");
  readonly #empty = h("p", { class: "ew-muted" }, "Nothing yet. ", this.undoSlot);
  readonly #card: HTMLElement;

  constructor() {
    const { a, b } = this.#agreement;
    const words = h("div", { class: "ew-focus-words" }, this.#id, this.#details);
    this.#card = h(
      "div",
      { class: "ew-focus-card", hidden: true },
      h("div", { class: "ew-focus-head" }, this.#image, words),
      this.#text,
      this.#shown,
      h("div", { class: "ew-agreement" }, a, b, this.#verdict),
    );
    const caption = h("h3", { class: "ew-caption" }, "In focus");
    this.node = h(
      "section",
      { class: "ew-focus", role: "group", "aria-label": "In focus" },
      h("div", { class: "ew-focus-top" }, caption, this.stepsSlot),
      this.#empty,
      this.#card,
    );
  }

  update({ focus, k, lists, rows, labelName, shown, color }: FocusProps): void {
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
    const value = color && { name: color.title, text: color.textOf(focus.item) };
    this.#details.replaceChildren(...detailsOf(label, labelName, lists, k, value));
    this.#showColumns(shown, focus);
    this.#compareLabels(
      label === null || lists === null ? null : sameLabel(focus.labels, lists, rows, k),
      k,
    );
  }

  destroy(): void {
    this.node.remove();
  }

  #showColumns(columns: ShownColumn[], { shown }: Row): void {
    setShown(this.#shown, shown.length > 0);
    resizeChildren(this.#shown, 2 * shown.length, (i) =>
      h(i % 2 === 0 ? "dt" : "dd", { dir: "auto" }),
    );
    for (const [i, text] of shown.entries()) {
      const [name, value] = [this.#shown.children[2 * i], this.#shown.children[2 * i + 1]];
      setText(name, columns[i]?.name ?? "");
      setText(value, text ?? "missing");
      setAttributes(value, { class: text === null ? "ew-muted" : null });
    }
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
  color: { name: string; text: string } | null,
): Node[] {
  const ofUser = (text: string) => h("bdi", {}, text);
  const detail = (name: string, value: string) =>
    h(
      "span",
      { class: "ew-detail", title: value },
      ofUser(name),
      " ",
      h("strong", {}, ofUser(value)),
    );
  const found: Node[] = [];
  if (label !== null) found.push(detail(labelName, label));
  if (lists !== null) {
    found.push(detail("the same neighbours", `${sharedRanks(lists, k).length} of ${k}`));
  }
  if (color !== null) found.push(detail(color.name, color.text));
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
