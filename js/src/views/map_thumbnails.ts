/** The maps of all spaces beside each other, each as small as a stamp. */

import { drawThumbnail } from "../maps/thumbnail.ts";
import { h, setAttributes } from "../ui/dom.ts";
import type { Side, TwoOf } from "../wire/model.ts";

export interface ThumbnailsProps {
  names: readonly string[];
  pair: TwoOf;
  /** uint16 (n, nComponents) of each space; null = not here. */
  frames: readonly Uint16Array[] | null;
  nComponents: number;
  /** Palette index of each item, (n,), and 256 colours; null = not known. */
  colors: { codes: Uint8Array; palette: Uint8Array } | null;
}

export interface ThumbnailsOptions {
  /** A space was taken as A or B; where it was the other one, they change places. */
  onPair(pair: TwoOf): void;
}

/** CSS pixels of a side; the canvas has twice as many. */
const SIZE = 96;
const SIDES = ["a", "b"] as const;

export class MapThumbnailsView {
  readonly node: HTMLElement;
  readonly #list = h("ul", { class: "ew-map-thumbs", "aria-label": "Maps of all spaces" });
  readonly #options: ThumbnailsOptions;
  readonly #off = new AbortController();
  #buttons: HTMLButtonElement[] = [];
  #canvases: HTMLCanvasElement[] = [];
  #props: ThumbnailsProps | null = null;
  /** The next one to be drawn: one a frame, so that nothing waits for them. */
  #next = 0;
  #frame = 0;

  constructor(options: ThumbnailsOptions) {
    this.#options = options;
    const hint = "Click a map to see it as B, with Shift as A.";
    this.node = h(
      "div",
      { class: "ew-map-stamps" },
      this.#list,
      h("p", { class: "ew-map-stamps-hint" }, hint),
    );
    const { signal } = this.#off;
    this.#list.addEventListener("click", (event) => this.#take(event, event.shiftKey), { signal });
    this.#list.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Enter" || !event.shiftKey) return;
        // Not every browser says of the click of a key what was held with it.
        event.preventDefault();
        this.#take(event, true);
      },
      { signal },
    );
  }

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
    for (const [space, button] of this.#buttons.entries()) {
      const side = SIDES[pair.indexOf(space)] ?? null;
      setAttributes(button, { "data-side": side, "aria-current": side && true });
      setAttributes(button, wordsOf(names[space], side));
    }
    if (frames && colors && (before?.frames !== frames || before.colors !== colors)) {
      this.#next = 0;
      this.#frame ||= requestAnimationFrame(() => this.#draw());
    }
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#off.abort();
    this.node.remove();
  }

  #make(names: readonly string[]): void {
    const own = { width: 2 * SIZE, height: 2 * SIZE, "aria-hidden": true };
    this.#canvases = names.map(() => h("canvas", own));
    this.#buttons = names.map((name, space) => {
      const chips = SIDES.map((side) => {
        const letter = side.toUpperCase();
        // Its letter is drawn by the styles: it is no part of the button's name.
        return h("span", { class: "ew-map-chip", "data-as": side, title: `as ${letter}` });
      });
      return h(
        "button",
        { type: "button", class: "ew-map-stamp", "aria-keyshortcuts": "Shift+Enter" },
        this.#canvases[space],
        h("span", { class: "ew-map-chips", "aria-hidden": true }, chips),
        h("span", { class: "ew-map-stamp-name", dir: "auto" }, name),
      );
    });
    this.#list.replaceChildren(...this.#buttons.map((button) => h("li", {}, button)));
  }

  /** @param isShifted it is to be A, unless a letter was clicked */
  #take({ target }: Event, isShifted: boolean): void {
    const element = target as Element;
    const space = this.#buttons.findIndex((button) => button.contains(element));
    const letter = element.closest("[data-as]")?.getAttribute("data-as");
    const at = (letter ?? (isShifted ? "a" : "b")) === "a" ? 0 : 1;
    const { pair } = this.#props ?? {};
    if (!pair || space < 0 || space === pair[at]) return;
    const other = space === pair[1 - at] ? pair[at] : pair[1 - at];
    this.#options.onPair(at === 0 ? [space, other] : [other, space]);
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

/** What is said of the button of a space, aloud and in its tooltip. */
function wordsOf(name: string, side: Side | null) {
  const others = side === "b" ? "Shift+click: as A" : "Click: as B. Shift+click: as A";
  const how = side === "a" ? "Click: as B" : others;
  const now = side ? `, now ${side.toUpperCase()}` : "";
  return { title: `${name}${now}. ${how}`, "aria-label": `${name}${now}` };
}
