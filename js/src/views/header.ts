/** The top lines: which two spaces, at which k, and which is better. */

import { h, setAttributes, setText } from "../ui/dom.ts";
import { count, engineName } from "../ui/format.ts";
import type { Side, SpaceInfo } from "../wire/model.ts";
import { AnswerView } from "./answer.ts";
import type { AnswerProps } from "./answer_words.ts";

export interface HeaderProps extends AnswerProps {
  a: SpaceInfo;
  b: SpaceInfo;
  kMax: number;
}

export interface HeaderOptions {
  /** Called at every step of the slider, with a whole number in 1..kMax. */
  onK(k: number): void;
  /** Stand at the right end, the search box for one. */
  tools: HTMLElement[];
}

/** Characters of both names that may stand beside the rest of the header. */
const NAMES_IN_ONE_LINE = 34;

export class HeaderView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #spaces = { a: new SpaceName("a"), b: new SpaceName("b") };
  readonly #slider = h("input", { type: "range", min: 1, step: 1, class: "ew-slider" });
  readonly #field = h("input", { type: "number", min: 1, step: 1, class: "ew-number" });
  readonly #answer = new AnswerView();
  readonly #onK: HeaderOptions["onK"];
  #kMax = 1;
  /** What holds. */
  #k = 1;

  constructor({ onK, tools }: HeaderOptions) {
    this.#onK = onK;
    setAttributes(this.#slider, { "aria-label": "Number of neighbours compared, k" });
    setAttributes(this.#field, { "aria-label": "k as a number" });
    this.node = h(
      "header",
      { class: "ew-header" },
      h(
        "div",
        { class: "ew-spaces" },
        this.#spaces.a.node,
        h("span", { class: "ew-muted" }, "vs"),
        this.#spaces.b.node,
      ),
      h(
        "div",
        { class: "ew-k" },
        h(
          "span",
          { class: "ew-muted" },
          h("span", { class: "ew-k-words" }, "neighbours compared, "),
          "k =",
        ),
        this.#field,
        this.#slider,
      ),
      h("div", { class: "ew-header-tools" }, tools),
      this.#answer.node,
    );
    const { signal } = this.#off;
    this.#slider.addEventListener("input", () => this.#take(this.#slider.valueAsNumber), {
      signal,
    });
    this.#field.addEventListener("input", () => this.#take(this.#field.valueAsNumber), { signal });
    // A half-typed or refused number is put right when the field is left, or Enter is pressed.
    for (const type of ["change", "blur"]) {
      this.#field.addEventListener(type, () => this.#settle(), { signal });
    }
    this.#field.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Enter") this.#settle();
      },
      { signal },
    );
  }

  update(props: HeaderProps): void {
    const { a, b, k, kMax } = props;
    this.#spaces.a.update(a);
    this.#spaces.b.update(b);
    this.node.classList.toggle("ew-two-lines", a.name.length + b.name.length > NAMES_IN_ONE_LINE);
    this.#kMax = kMax;
    setAttributes(this.#slider, { max: kMax });
    setAttributes(this.#field, { max: kMax });
    this.#show(k);
    this.#answer.update(props);
  }

  /** The answer as it stands there, a sentence each. */
  get sentences(): string[] {
    return this.#answer.sentences;
  }

  destroy(): void {
    this.#off.abort();
    this.#answer.destroy();
    this.node.remove();
  }

  #take(k: number): void {
    if (!Number.isInteger(k) || k < 1 || k > this.#kMax) return;
    this.#k = k;
    this.#slider.valueAsNumber = k;
    if (!this.#isTyped(k)) this.#field.valueAsNumber = k;
    this.#onK(k);
  }

  /** What was typed counts as far as there are neighbours; the field shows what holds. */
  #settle(): void {
    const typed = this.#field.valueAsNumber;
    if (Number.isFinite(typed)) this.#take(Math.min(this.#kMax, Math.max(1, Math.round(typed))));
    if (this.#field.value !== String(this.#k)) this.#field.value = String(this.#k);
    // Nonsense reads as an empty value, and is to be seen all the same.
    if (this.#field.validity.badInput) this.#field.value = String(this.#k);
  }

  #show(k: number): void {
    if (this.#slider.valueAsNumber !== k) this.#slider.valueAsNumber = k;
    // Numbers that come while somebody types leave what is half typed alone.
    const isTyping = k === this.#k && this.#field.matches(":focus");
    if (!isTyping && !this.#isTyped(k)) this.#field.valueAsNumber = k;
    this.#k = k;
    const share = this.#kMax > 1 ? (k - 1) / (this.#kMax - 1) : 1;
    this.#slider.style.setProperty("--ew-share", String(share));
  }

  /** Writing the value that is there already would move the caret of somebody who types. */
  #isTyped(k: number): boolean {
    return this.#field.valueAsNumber === k;
  }
}

/** Colour dot, name, and what is known of one space. */
class SpaceName {
  readonly node: HTMLElement;
  readonly #name = h("strong", { class: "ew-space-name", dir: "auto" });
  readonly #detail = h("span", { class: "ew-space-detail" });

  constructor(side: Side) {
    const dot = h("span", { class: `ew-dot ew-dot-${side}`, "aria-hidden": true });
    this.node = h("span", { class: "ew-space" }, dot, this.#name, this.#detail);
  }

  update({ name, n_dims, metric, engine, recall }: SpaceInfo): void {
    const parts = [`${count(n_dims)} d`, metric.replaceAll("_", " "), engineName(engine, recall)];
    const detail = parts.filter((part) => part !== "").join(" · ");
    setText(this.#name, name);
    setText(this.#detail, detail);
    setAttributes(this.node, { title: `${name}: ${detail}` });
  }
}
