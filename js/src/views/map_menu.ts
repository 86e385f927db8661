/** Over map B: what can be taken along, the whole screen, and which keys there are. */

import { h, setAttributes, setShown } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { Popup } from "../ui/popup.ts";

export interface MapMenuOptions {
  /** What fills the screen. */
  root: HTMLElement;
  keys: readonly (readonly [keys: string, words: string])[];
  onPicture(): void;
  onNeighbors(): void;
  /** The host did not let the widget fill the screen. */
  onError(error: unknown): void;
}

export class MapMenuView {
  readonly node: HTMLElement;
  readonly #root: HTMLElement;
  readonly #off = new AbortController();
  readonly #full: HTMLButtonElement;
  readonly #neighbors: HTMLButtonElement;
  readonly #popups: Popup[];
  #hasNeighbors = false;

  constructor({ root, keys, onPicture, onNeighbors, onError }: MapMenuOptions) {
    this.#root = root;
    const saving = tool("Save", icon("save"));
    const entry = (words: string, onClick: () => void) => {
      const button = h("button", { type: "button", class: "ew-menu-entry" }, words);
      button.addEventListener("click", onClick, { signal: this.#off.signal });
      return button;
    };
    const close = () => this.#popups[0].close();
    const picture = entry("Picture of both maps (PNG)", () => {
      close();
      onPicture();
    });
    this.#neighbors = entry("Neighbours of the item in focus (CSV)", () => {
      if (!this.#hasNeighbors) return;
      close();
      onNeighbors();
    });
    const menu = h("div", { class: "ew-menu" }, picture, this.#neighbors);
    const help = tool("Keys", "?");
    const list = keys.flatMap(([key, words]) => [h("dt", {}, key), h("dd", {}, words)]);
    const attributes = { class: "ew-menu ew-key-help", tabindex: 0, role: "region" };
    const text = h("div", { ...attributes, "aria-label": "Keys on the maps" }, h("dl", {}, list));
    this.#popups = [new Popup(saving, menu), new Popup(help, text)];
    this.#full = tool("Full screen", icon("full"));
    // Where the host forbids it, there is nothing to press.
    setShown(this.#full, document.fullscreenEnabled === true);
    const { signal } = this.#off;
    this.#full.addEventListener("click", () => this.#toggleFull().catch(onError), { signal });
    root.addEventListener("fullscreenchange", () => this.#show(), { signal });
    const tools = { class: "ew-toolbar", role: "toolbar", "aria-label": "Save, full screen, keys" };
    this.node = h("div", tools, saving, this.#full, help, menu, text);
    this.#show();
    this.update(false);
  }

  /** @param hasNeighbors whether there is an item in focus whose neighbours can be saved */
  update(hasNeighbors: boolean): void {
    this.#hasNeighbors = hasNeighbors;
    setAttributes(this.#neighbors, { "aria-disabled": !hasNeighbors });
  }

  destroy(): void {
    this.#off.abort();
    for (const popup of this.#popups) popup.destroy();
    if (this.#isFull()) void document.exitFullscreen();
    this.node.remove();
  }

  #isFull(): boolean {
    return this.#root.matches(":fullscreen");
  }

  #show(): void {
    const words = this.#isFull() ? "Leave full screen (Esc)" : "Full screen";
    setAttributes(this.#full, { title: words, "aria-pressed": this.#isFull() });
  }

  async #toggleFull(): Promise<void> {
    if (this.#isFull()) await document.exitFullscreen();
    else await this.#root.requestFullscreen();
  }
}

function tool(words: string, drawing: Node | string): HTMLButtonElement {
  const attributes = { type: "button", class: "ew-tool", "aria-label": words, title: words };
  return h("button", attributes, drawing);
}
