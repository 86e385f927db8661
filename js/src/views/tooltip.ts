/** What lies under the pointer: picture, id, label, the beginning of the text. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { clip } from "../ui/format.ts";
import type { Row } from "../wire/model.ts";
import { thumbnail } from "./thumbnail.ts";

const TEXT_LENGTH = 200;
const GAP = 14;

/** Left and top of a box of `size` beside `at`, inside `room`; on the other side where it would not fit. */
export function placeBeside(
  at: { x: number; y: number },
  size: { width: number; height: number },
  room: { width: number; height: number },
): { x: number; y: number } {
  const beside = (start: number, length: number, limit: number) => {
    const after = start + GAP;
    if (after + length <= limit) return after;
    const before = start - GAP - length;
    return before >= 0 ? before : Math.max(0, limit - length);
  };
  return { x: beside(at.x, size.width, room.width), y: beside(at.y, size.height, room.height) };
}

export class TooltipView {
  readonly node: HTMLElement;
  readonly #image = thumbnail("ew-tooltip-image");
  readonly #id = h("strong", { class: "ew-tooltip-id" });
  readonly #label = h("span", { class: "ew-tooltip-label" });
  readonly #text = h("span", { class: "ew-tooltip-text" });
  readonly #extra = h("span", { class: "ew-tooltip-extra" });

  constructor() {
    // The focus card and the tables say the same to a screen reader.
    this.node = h(
      "div",
      { class: "ew-tooltip", "aria-hidden": true, hidden: true },
      this.#image,
      h("span", { class: "ew-tooltip-words" }, this.#id, this.#label, this.#extra, this.#text),
    );
  }

  /**
   * @param row what is known of the item; null while it is asked for
   * @param extra short lines, such as "4 of 10 neighbours the same"
   * @param at in CSS pixels from the left and top of the element that the tooltip stands in
   */
  show(row: Row | null, extra: string[], at: { x: number; y: number }): void {
    setText(this.#id, row === null ? "…" : row.id);
    this.#line(this.#label, row?.label ?? "");
    this.#line(this.#extra, extra.join(" · "));
    this.#line(this.#text, clip(row?.text ?? "", TEXT_LENGTH));
    setAttributes(this.#image, { src: row?.image ?? null });
    setShown(this.#image, (row?.image ?? null) !== null);
    setShown(this.node, true);
    const parent = this.node.parentElement;
    if (parent === null) return;
    const size = { width: this.node.offsetWidth, height: this.node.offsetHeight };
    const room = { width: parent.clientWidth, height: parent.clientHeight };
    const { x, y } = placeBeside(at, size, room);
    this.node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  hide(): void {
    setShown(this.node, false);
  }

  destroy(): void {
    this.node.remove();
  }

  #line(element: HTMLElement, text: string): void {
    setText(element, text);
    setShown(element, text !== "");
  }
}
