/** What stands below the bar: a comparison, or what has to be said in its place. */

import { h, setShown, setText } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { type Asked, linkOf, wordsOf } from "./asked.ts";
import type { Recent } from "./recent.ts";

const MINUTE = 60_000;

export interface StageOptions {
  onCancel(): void;
  onReload(): void;
}

export class StageView {
  readonly node: HTMLElement;
  /** Where the widget is drawn. */
  readonly place = h("div", { class: "ew-run-place" });
  readonly #alert = h("p", { class: "ew-banner-text" });
  readonly #banner = h("div", { class: "ew-banner", role: "alert", hidden: true });
  readonly #words = h("span", { class: "ew-run-words" });
  readonly #work: HTMLElement;
  readonly #welcome = h("section", { class: "ew-run-welcome", hidden: true });
  readonly #options: StageOptions;

  constructor(options: StageOptions) {
    this.#options = options;
    const cancel = h("button", { type: "button", class: "ew-link" }, "Cancel");
    cancel.addEventListener("click", () => options.onCancel());
    this.#work = h(
      "div",
      { class: "ew-run-work", role: "status", hidden: true },
      h("span", { class: "ew-run-pulse" }),
      this.#words,
      cancel,
    );
    this.#banner.append(icon("alert"), this.#alert);
    const shell = h("div", { class: "ew-root ew-run-notes" }, this.#banner, this.#work);
    shell.append(this.#welcome);
    this.node = h("main", { class: "ew-run-stage" }, shell, this.place);
    this.#showShell();
  }

  /** The part of it that follows the theme; the widget does so itself. */
  get shell(): HTMLElement {
    return this.node.firstElementChild as HTMLElement;
  }

  /** What goes on before there is anything to see; "" = nothing does. */
  working(words: string): void {
    setText(this.#words, words);
    setShown(this.#work, words !== "");
    if (words !== "") setShown(this.#welcome, false);
    this.#showShell();
  }

  /** What went wrong; "" = nothing did. */
  fail(words: string): void {
    setText(this.#alert, words);
    setShown(this.#banner, words !== "");
    this.#showShell();
  }

  /** Nothing is chosen yet: what can be done. */
  welcome(recent: readonly Recent[], now: number): void {
    const list = recent.map(({ asked, at }) => recentOf(asked, now - at));
    this.#welcome.replaceChildren(
      h("h1", {}, "Choose two spaces of the same items, then Compare"),
      h(
        "p",
        { class: "ew-muted" },
        "Maps, neighbours, and how much they coincide, side by side. The address of the page then holds the choice: open it again, or share it with whoever has this server.",
      ),
      ...(list.length > 0 ? [h("h2", { class: "ew-caption" }, "Opened last")] : []),
      h("ul", { class: "ew-run-recent" }, list),
    );
    this.#showWelcome();
  }

  /** There is nothing to choose from: how that is changed. */
  empty(): void {
    const reload = h("button", { type: "button", class: "ew-button" }, "Look again");
    reload.addEventListener("click", () => this.#options.onReload());
    this.#welcome.replaceChildren(
      h("h1", {}, "No space is registered yet"),
      h(
        "p",
        { class: "ew-muted" },
        "In a terminal, register the demo's two spaces of 5,040 words:",
      ),
      h("pre", {}, "embwidget demo"),
      h("p", { class: "ew-muted" }, "or your own, a table of items and the vectors of each model:"),
      h(
        "pre",
        {},
        "embwidget add clip.npy --dataset items.csv --id-field id\nembwidget add dino.npy --dataset-name items",
      ),
      h("p", { class: "ew-muted" }, "or start with two files:"),
      h("pre", {}, "embwidget run clip.npy dino.npy"),
      h("p", {}, reload),
    );
    this.#showWelcome();
  }

  /** The widget is there. */
  opened(): void {
    setShown(this.#welcome, false);
    this.working("");
    this.fail("");
  }

  #showWelcome(): void {
    setShown(this.#welcome, true);
    this.#showShell();
  }

  #showShell(): void {
    setShown(this.shell, !(this.#banner.hidden && this.#work.hidden && this.#welcome.hidden));
  }
}

function recentOf(asked: Asked, age: number): HTMLElement {
  const { title, detail } = wordsOf(asked);
  return h(
    "li",
    {},
    h(
      "a",
      { href: linkOf(asked) },
      h("span", { class: "ew-run-recent-title" }, title),
      h("span", { class: "ew-muted" }, detail),
      h("span", { class: "ew-muted ew-run-recent-age" }, ageOf(age)),
    ),
  );
}

/** "5 min ago" of milliseconds. */
export function ageOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
