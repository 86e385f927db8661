/** What the worker does, how far it is, and a way to stop it. Floats over the maps: nothing moves when it goes. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { percent, timeLeft } from "../ui/format.ts";
import type { ProgressInfo } from "../wire/model.ts";

export interface ProgressOptions {
  onCancel(): void;
}

export class ProgressView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #step = h("span", { class: "ew-progress-step" });
  readonly #share = h("span", { class: "ew-progress-share" });
  readonly #fill = h("span", { class: "ew-progress-fill" });
  readonly #left = h("span", { class: "ew-progress-left" });
  readonly #cancel = h("button", { type: "button", class: "ew-link" }, "Cancel");
  readonly #bar: HTMLElement;

  constructor({ onCancel }: ProgressOptions) {
    this.#bar = h(
      "span",
      { class: "ew-progress-bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 },
      this.#fill,
    );
    this.#cancel.addEventListener("click", onCancel, { signal: this.#off.signal });
    const pill = h(
      "div",
      { class: "ew-progress-pill" },
      this.#step,
      this.#bar,
      this.#share,
      this.#left,
      this.#cancel,
    );
    this.node = h("div", { class: "ew-progress", hidden: true }, pill);
  }

  /** A step of "" hides the bar. @param canCancel whether there is work that can be stopped */
  update({ step, share, seconds_left }: ProgressInfo, canCancel: boolean): void {
    setShown(this.node, step !== "");
    if (step === "") return;
    const done = Math.min(1, Math.max(0, share));
    setText(this.#step, step);
    setText(this.#share, percent(done));
    setText(this.#left, seconds_left === null ? "" : timeLeft(seconds_left));
    setShown(this.#left, seconds_left !== null);
    setShown(this.#cancel, canCancel);
    setAttributes(this.#bar, { "aria-label": step, "aria-valuenow": Math.round(done * 100) });
    this.#fill.style.transform = `scaleX(${done})`;
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}
