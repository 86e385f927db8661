/** The answer in the header: which space is better, and how many neighbours are the same. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { metricName } from "../ui/format.ts";
import { Popup } from "../ui/popup.ts";
import {
  type AnswerProps,
  betterWords,
  doubt,
  type Explained,
  explained,
  sameWords,
  unknownWords,
} from "./answer_words.ts";

const HELP = "What these numbers say";

export class AnswerView {
  readonly node: HTMLElement;
  readonly #better = h("strong");
  readonly #metric = h("span", { class: "ew-muted" });
  readonly #labels = h("span");
  readonly #same = h("span");
  readonly #doubt = h("span", { class: "ew-answer-doubt" });
  readonly #parts: { better: HTMLElement; labels: HTMLElement; same: HTMLElement };
  readonly #words: HTMLElement;
  readonly #list = h("dl", { class: "ew-help-list" });
  readonly #popup: Popup;
  /** What was told last, shown when the numbers are opened. */
  #explained: () => Explained[] = () => [];

  constructor() {
    const part = (name: string, ...children: HTMLElement[]) =>
      h("span", { class: `ew-answer-part ew-answer-${name}` }, children);
    this.#parts = {
      better: part("better", this.#better, this.#metric),
      labels: part("labels", this.#labels),
      same: part("same", this.#same, this.#doubt),
    };
    const { better, labels, same } = this.#parts;
    this.#words = h("output", { class: "ew-answer-words" }, better, labels, same);
    setAttributes(this.#words, { "aria-live": "polite" });
    const attributes = { class: "ew-help", role: "region", "aria-label": HELP, tabindex: 0 };
    const help = h("div", attributes, this.#list);
    const named = { title: HELP, "aria-label": HELP };
    const button = h("button", { type: "button", class: "ew-tool ew-help-button", ...named }, "?");
    this.#popup = new Popup(button, help, () => {
      this.#list.replaceChildren(...this.#explained().flatMap(entry));
      help.scrollTop = 0;
    });
    this.node = h("div", { class: "ew-answer" }, this.#words, button, help);
  }

  update(props: AnswerProps): void {
    const { k, meanShared, quality, qualityInfo, label, pending, hasLists } = props;
    this.#explained = () => explained(props);
    setText(this.#better, quality ? betterWords(quality) : "");
    setShown(this.#better, quality !== null);
    setAttributes(this.#better, {
      class: quality?.better && `ew-ink-${quality.better.toLowerCase()}`,
    });
    const unknown = quality ? ` (${metricName(quality.metric)})` : unknownWords(qualityInfo, label);
    setText(this.#metric, unknown);
    setAttributes(this.#metric, { title: quality ? null : qualityInfo.note || null });
    setText(this.#labels, quality?.labels ?? "");
    setShown(this.#parts.labels, quality !== null);
    const same = meanShared === undefined ? null : sameWords(meanShared, k);
    const unseen = hasLists ? "—" : "Neighbours that are the same: not in this file";
    const waiting = pending ? "Neighbours that are the same: being counted…" : unseen;
    setText(this.#same, same ?? waiting);
    const words = doubt(props);
    setText(this.#doubt, words && `, ${words}`);
    // What is not known is no reason to doubt.
    const isUnknown = props.chanceInfo.state === "none";
    setAttributes(this.#doubt, { class: isUnknown ? "ew-muted" : "ew-answer-doubt" });
    this.#words.classList.toggle("ew-skeleton", same === null && pending);
    // Without labels there is one thing to say, and that comes first.
    this.#words.classList.toggle("ew-answer-alone", quality === null);
    if (this.#popup.isOpen) this.#list.replaceChildren(...this.#explained().flatMap(entry));
  }

  /** What is said, a sentence each. */
  get sentences(): string[] {
    const { better, labels, same } = this.#parts;
    const shown = [better, labels, same].filter((part) => !part.hidden);
    return shown.map((part) => part.textContent?.trim() ?? "").filter((text) => text !== "");
  }

  destroy(): void {
    this.#popup.destroy();
    this.node.remove();
  }
}

function entry({ title, value, text }: Explained): HTMLElement[] {
  const head = h("dt", {}, title, value === "" ? null : h("strong", {}, value));
  return [head, h("dd", {}, text)];
}
