/** One line that says what went wrong and what to do, until it is dismissed. */

import { h, setShown, setText } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";

export interface BannerOptions {
  onDismiss(): void;
}

export class BannerView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #text = h("span", { class: "ew-banner-text" });

  constructor({ onDismiss }: BannerOptions) {
    const attributes = {
      type: "button",
      class: "ew-tool",
      "aria-label": "Dismiss",
      title: "Dismiss",
    };
    const dismiss = h("button", attributes, icon("close"));
    dismiss.addEventListener("click", onDismiss, { signal: this.#off.signal });
    const hidden = { class: "ew-banner", role: "alert", hidden: true };
    this.node = h("div", hidden, icon("alert"), this.#text, dismiss);
  }

  /** A text of "" hides the banner. */
  update(text: string): void {
    setText(this.#text, text);
    setShown(this.node, text !== "");
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}
