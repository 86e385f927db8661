/** What lies under the pointer: picture, the beginning of the text, id, label, and more of its values. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { clip } from "../ui/format.ts";
import type { Row } from "../wire/model.ts";
import { thumbnail } from "./thumbnail.ts";

const TEXT_LENGTH = 200;
const VALUE_LENGTH = 80;
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
  readonly #text = h("strong", { class: "ew-tooltip-text", dir: "auto" });
  readonly #id = h("span", { class: "ew-tooltip-id", dir: "auto" });
  readonly #label = h("span", { class: "ew-tooltip-label", dir: "auto" });
  readonly #extra = h("span", { class: "ew-tooltip-extra" });

  constructor() {
    // The focus card and the tables say the same to a screen reader.
    this.node = h(
      "div",
      { class: "ew-tooltip", "aria-hidden": true, hidden: true },
      this.#image,
      h("span", { class: "ew-tooltip-words" }, this.#text, this.#id, this.#label, this.#extra),
    );
  }

  /**
   * @param row what is known of the item; null while it is asked for
   * @param extra names and values
   * @param at in CSS pixels from the left and top of the element that the tooltip stands in
   */
  show(row: Row | null, extra: [name: string, text: string][], at: { x: number; y: number }): void {
    const text = clip(row?.text ?? "", TEXT_LENGTH);
    this.#line(this.#text, text);
    setText(this.#id, row === null ? "…" : row.id);
    this.#id.classList.toggle("ew-tooltip-small", text !== "");
    this.#line(this.#label, row?.label ?? "");
    this.#extra.replaceChildren(
      ...extra.map(([name, value]) =>
        h("span", {}, h("bdi", {}, name), " ", h("bdi", {}, clip(value, VALUE_LENGTH))),
      ),
    );
    setShown(this.#extra, extra.length > 0);
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
