/** The place above the maps for what several spaces have, which comes in a part of its own. */

import type { PairView } from "../maps/pair.ts";
import { h } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import type { Store } from "../wire/store.ts";
import type { SpacesPanel } from "./spaces.ts";

/** What `spaces.ts` exports: no page has it that compares two spaces. */
export interface SpacesPart {
  /** @param el what the panel is to stand in */
  open(el: Element, store: Store, pair: PairView): SpacesPanel;
}
export type LoadSpaces = () => Promise<SpacesPart>;

type Colors = Parameters<SpacesPanel["setColors"]>[0];

export class SpacesPlace {
  readonly #mark = h("div", { hidden: true });
  #panel: SpacesPanel | null = null;
  #colors: Colors | null = null;
  #isGone = false;

  /** @param load called where there are several spaces: the two maps do not wait for it */
  constructor(store: Store, pair: PairView, load: LoadSpaces, onError: (message: string) => void) {
    if (store.several.areThere)
      this.#fill(store, pair, load).catch((error) => {
        onError(
          `The choice among all spaces could not be loaded (${messageOf(error)}). The two maps are whole: run the cell again or load the page again to have it.`,
        );
        console.error(error);
      });
  }

  /** Stands where the panel comes to stand. */
  get node(): HTMLElement {
    return this.#panel?.node ?? this.#mark;
  }

  /** The points have these colours now. */
  setColors(colors: Colors): void {
    this.#colors = colors;
    this.#panel?.setColors(colors);
  }

  destroy(): void {
    this.#isGone = true;
    this.#panel?.destroy();
  }

  async #fill(store: Store, pair: PairView, load: LoadSpaces): Promise<void> {
    const { open } = await load();
    if (this.#isGone) return;
    this.#panel = open(this.#mark, store, pair);
    if (this.#colors) this.#panel.setColors(this.#colors);
    this.#mark.replaceWith(this.#panel.node);
  }
}
