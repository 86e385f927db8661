/** The answer in the header: which space is better, and how many neighbours are the same. */

import { h, setAttributes, setShown, setText, uniqueId } from "../ui/dom.ts";
import { metricName } from "../ui/format.ts";
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
  readonly #off = new AbortController();
  readonly #better = h("strong");
  readonly #metric = h("span", { class: "ew-muted" });
  readonly #labels = h("span");
  readonly #same = h("span");
  readonly #doubt = h("span", { class: "ew-answer-doubt" });
  readonly #parts: { better: HTMLElement; labels: HTMLElement; same: HTMLElement };
  readonly #words: HTMLElement;
  readonly #list = h("dl", { class: "ew-help-list" });
  readonly #help: HTMLElement;
  readonly #button: HTMLButtonElement;
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
    const id = uniqueId("help");
    const attributes = { id, class: "ew-help", role: "region", "aria-label": HELP, tabindex: 0 };
    this.#help = h("div", { ...attributes, hidden: true }, this.#list);
    this.#button = h(
      "button",
      { type: "button", class: "ew-tool ew-help-button", title: HELP },
      "?",
    );
    setAttributes(this.#button, {
      "aria-label": HELP,
      "aria-controls": id,
      "aria-expanded": false,
    });
    this.node = h("div", { class: "ew-answer" }, this.#words, this.#button, this.#help);
    const { signal } = this.#off;
    this.#button.addEventListener("click", () => this.#open(this.#help.hidden), { signal });
    this.node.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    this.node.addEventListener("focusout", (event) => this.#leave(event.relatedTarget), { signal });
  }

  update(props: AnswerProps): void {
    const { k, meanShared, chance, quality, qualityInfo, label, pending } = props;
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
    const waiting = pending ? "Neighbours that are the same: being counted…" : "—";
    setText(this.#same, same ?? waiting);
    const words = doubt(chance, k);
    setText(this.#doubt, words && `, ${words}`);
    this.#words.classList.toggle("ew-shimmer", same === null && pending);
    // Without labels there is one thing to say, and that comes first.
    this.#words.classList.toggle("ew-answer-alone", quality === null);
    if (!this.#help.hidden) this.#list.replaceChildren(...this.#explained().flatMap(entry));
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #open(isOpen: boolean): void {
    if (isOpen) this.#list.replaceChildren(...this.#explained().flatMap(entry));
    setShown(this.#help, isOpen);
    setAttributes(this.#button, { "aria-expanded": isOpen });
    if (isOpen) this.#help.scrollTop = 0;
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.#help.hidden) return;
    // The selection stays: what lies on top goes first.
    event.stopPropagation();
    this.#open(false);
    this.#button.focus();
  }

  #press(event: Event): void {
    if (!event.composedPath().includes(this.node)) this.#open(false);
  }

  /** Whoever goes elsewhere has read it; a text that is being marked keeps it open. */
  #leave(next: EventTarget | null): void {
    if (next !== null && !this.node.contains(next as Node)) this.#open(false);
  }
}

function entry({ title, value, text }: Explained): HTMLElement[] {
  const head = h("dt", {}, title, value === "" ? null : h("strong", {}, value));
  return [head, h("dd", {}, text)];
}
