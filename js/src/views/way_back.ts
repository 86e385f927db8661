/** Beside the item in focus: a step back, one forward, and away with it. */

import { h, setShown } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";

export interface WayBackProps {
  hasBack: boolean;
  hasForward: boolean;
  hasFocus: boolean;
  /** The step before had an item in focus, and now there is none. */
  wasClosed: boolean;
}

export interface WayBackOptions {
  onBack(): void;
  onForward(): void;
  onClose(): void;
}

export class WayBackView {
  readonly node: HTMLElement;
  /** Stands where the item was. */
  readonly undo: HTMLButtonElement;
  readonly #off = new AbortController();
  readonly #back: HTMLButtonElement;
  readonly #forward: HTMLButtonElement;
  readonly #close: HTMLButtonElement;

  constructor({ onBack, onForward, onClose }: WayBackOptions) {
    const tool = (name: "back" | "forward" | "close", words: string, onClick: () => void) => {
      const attributes = { type: "button", class: "ew-tool ew-step", title: words };
      const button = h("button", { ...attributes, "aria-label": words }, icon(name));
      button.addEventListener("click", onClick, { signal: this.#off.signal });
      return button;
    };
    this.#back = tool("back", "Back to what was in focus and selected before (Ctrl+Z)", onBack);
    this.#forward = tool("forward", "Forward again (Ctrl+Shift+Z)", onForward);
    this.#close = tool("close", "Nothing in focus", onClose);
    this.node = h("div", { class: "ew-steps" }, this.#back, this.#forward, this.#close);
    this.undo = h("button", { type: "button", class: "ew-link", hidden: true }, "undo");
    this.undo.addEventListener("click", onBack, { signal: this.#off.signal });
  }

  update({ hasBack, hasForward, hasFocus, wasClosed }: WayBackProps): void {
    // A button that is disabled under the keyboard would lose it, and every key after it.
    for (const [button, can] of [
      [this.#back, hasBack],
      [this.#forward, hasForward],
    ] as const) {
      button.setAttribute("aria-disabled", String(!can));
    }
    setShown(this.#close, hasFocus);
    setShown(this.undo, wasClosed);
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}
