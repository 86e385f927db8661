/** The maps of all spaces beside each other, each as small as a stamp. */

import { drawThumbnail } from "../maps/thumbnail.ts";
import { h, setAttributes } from "../ui/dom.ts";
import type { TwoOf } from "../wire/model.ts";

export interface ThumbnailsProps {
  names: readonly string[];
  pair: TwoOf;
  /** uint16 (n, nComponents) of each space; null = not here. */
  frames: readonly Uint16Array[] | null;
  nComponents: number;
  /** Palette index of each item, (n,), and 256 colours; null = not known. */
  colors: { codes: Uint8Array; palette: Uint8Array } | null;
}

/** CSS pixels of a side; the canvas has twice as many. */
const SIZE = 96;

export class MapThumbnailsView {
  readonly node = h("ul", { class: "ew-map-thumbs", "aria-label": "Maps of all spaces" });
  #canvases: HTMLCanvasElement[] = [];
  #props: ThumbnailsProps | null = null;
  /** The next one to be drawn: one a frame, so that nothing waits for them. */
  #next = 0;
  #frame = 0;

  update(props: ThumbnailsProps): void {
    const before = this.#props;
    const { names, pair, frames, colors } = props;
    this.#props = props;
    if (
      before?.names.length !== names.length ||
      names.some((name, i) => name !== before.names[i])
    ) {
      this.#make(names);
    }
    for (const [space, item] of Array.from(this.node.children).entries()) {
      const side = space === pair[0] ? "a" : space === pair[1] ? "b" : null;
      setAttributes(item, { "data-side": side });
    }
    if (frames && colors && (before?.frames !== frames || before.colors !== colors)) {
      this.#next = 0;
      this.#frame ||= requestAnimationFrame(() => this.#draw());
    }
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.node.remove();
  }

  #make(names: readonly string[]): void {
    const own = { width: 2 * SIZE, height: 2 * SIZE, "aria-hidden": true };
    this.#canvases = names.map(() => h("canvas", own));
    this.node.replaceChildren(
      ...names.map((name, space) =>
        h("li", { title: name }, this.#canvases[space], h("span", { dir: "auto" }, name)),
      ),
    );
  }

  #draw(): void {
    this.#frame = 0;
    const { frames, nComponents = 2, colors } = this.#props ?? {};
    const canvas = this.#canvases[this.#next];
    const frame = frames?.[this.#next];
    if (!canvas || !frame || !colors) return;
    drawThumbnail(canvas, frame, nComponents, colors.codes, colors.palette);
    this.#next++;
    this.#frame = requestAnimationFrame(() => this.#draw());
  }
}
