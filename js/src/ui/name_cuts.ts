/** Names of a list that begin alike, cut in their middle wherever they have no room. */

import { cutMiddle, setCut, sharedBeginnings } from "./cut.ts";
import { widthsLike } from "./measure.ts";

export class NameCuts {
  readonly #list: Element;
  readonly #names: string;
  readonly #resized: ResizeObserver;
  #frame = 0;

  /** @param names selects the names within the list */
  constructor(list: Element, names: string) {
    this.#list = list;
    this.#names = names;
    this.#resized = new ResizeObserver(() => this.update());
    this.#resized.observe(list);
  }

  /** The names are others, or have other room. */
  update(): void {
    this.#frame ||= requestAnimationFrame(() => this.#cut());
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#resized.disconnect();
  }

  #cut(): void {
    this.#frame = 0;
    const elements = Array.from(this.#list.querySelectorAll(this.#names));
    if (elements.length === 0) return;
    const texts = elements.map((element) => element.textContent ?? "");
    // All that is read of the layout comes before anything is written.
    const rooms = elements.map((element) => element.clientWidth);
    const { fontSize, fontWeight } = getComputedStyle(elements[0]);
    const widthOf = widthsLike(elements[0], Number.parseFloat(fontSize), Number(fontWeight));
    const shared = sharedBeginnings(texts);
    for (const [i, element] of elements.entries()) {
      setCut(element, texts[i], cutMiddle(texts[i], shared.get(texts[i]) ?? 0, rooms[i], widthOf));
    }
  }
}
