/** Something that a button opens and that goes by Escape, a click elsewhere, or the keyboard leaving it. */

import { setAttributes, setShown, uniqueId } from "./dom.ts";

export class Popup {
  readonly #button: HTMLButtonElement;
  readonly #panel: HTMLElement;
  readonly #onOpen: () => void;
  readonly #off = new AbortController();

  /** @param onOpen called when the panel is shown */
  constructor(button: HTMLButtonElement, panel: HTMLElement, onOpen: () => void = () => {}) {
    this.#button = button;
    this.#panel = panel;
    this.#onOpen = onOpen;
    if (panel.id === "") panel.id = uniqueId("popup");
    setAttributes(button, { "aria-controls": panel.id, "aria-expanded": false });
    setShown(panel, false);
    const { signal } = this.#off;
    button.addEventListener("click", () => this.#show(panel.hidden), { signal });
    document.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    for (const part of [button, panel]) {
      part.addEventListener("keydown", (event) => this.#key(event), { signal });
      part.addEventListener("focusout", (event) => this.#leave(event.relatedTarget), { signal });
    }
  }

  get isOpen(): boolean {
    return !this.#panel.hidden;
  }

  /** Closes, and gives the keyboard back to the button. */
  close(): void {
    this.#show(false);
    this.#button.focus();
  }

  destroy(): void {
    this.#off.abort();
  }

  #show(isOpen: boolean): void {
    setShown(this.#panel, isOpen);
    if (isOpen) this.#onOpen();
    setAttributes(this.#button, { "aria-expanded": isOpen });
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.isOpen) return;
    // The selection stays: what lies on top goes first.
    event.stopPropagation();
    this.close();
  }

  #press(event: Event): void {
    const path = event.composedPath();
    if (this.isOpen && !path.includes(this.#panel) && !path.includes(this.#button)) {
      this.#show(false);
    }
  }

  /** Whoever goes elsewhere has read it; a text that is being marked stays open. */
  #leave(next: EventTarget | null): void {
    if (!(next instanceof Node) || !this.isOpen) return;
    if (next !== this.#button && !this.#panel.contains(next)) this.#show(false);
  }
}
