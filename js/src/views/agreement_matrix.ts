/** How far all pairs of spaces agree: a cell for each pair, whose row becomes A and whose column B. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import type { TwoOf } from "../wire/model.ts";

export interface MatrixCell {
  /** Agreement above chance; null = not known. */
  value: number | null;
  /** All that is known of the pair. */
  words: string;
}

export interface MatrixBar {
  value: number;
  words: string;
}

export interface AgreementMatrixProps {
  /** Of the spaces; of whoever made them. */
  names: readonly string[];
  pair: TwoOf;
  k: number;
  /** (n, n) by rows. */
  cells: readonly MatrixCell[];
  /** Of the darkest cell, at any k: what k changes is to be seen. */
  top: number;
  /** How good each space is, and what is reached where items lie anywhere; null = not known. */
  quality: { title: string; bars: readonly MatrixBar[]; shuffled: MatrixBar } | null;
}

export interface AgreementMatrixOptions {
  onPair(pair: TwoOf): void;
}

/** With more spaces the cells are too small for figures. */
const MOST_FIGURES = 8;
const ARROWS: Record<string, TwoOf> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class AgreementMatrixView {
  readonly node: HTMLElement;
  readonly #options: AgreementMatrixOptions;
  readonly #off = new AbortController();
  readonly #grid = h("div", { class: "ew-matrix", role: "grid" });
  /** What is known of the pair that one looks at. */
  readonly #words = h("p", { class: "ew-matrix-words" });
  readonly #key = h("div", { class: "ew-matrix-key" });
  readonly #top = h("span");
  #props: AgreementMatrixProps | null = null;
  #cells: HTMLElement[] = [];
  /** The cell that Tab leads to. */
  #stop: TwoOf = [0, 1];

  constructor(options: AgreementMatrixOptions) {
    this.#options = options;
    const ramp = h("span", { class: "ew-matrix-ramp", "aria-hidden": true });
    this.#key.append(h("span", {}, "0 = chance"), ramp, this.#top);
    this.node = h("div", { class: "ew-agreement" }, this.#grid, this.#key, this.#words);
    const { signal } = this.#off;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (at: TwoOf | null, event: HTMLElementEventMap[K]) => void,
    ) => {
      const listen = (event: HTMLElementEventMap[K]) => listener(this.#at(event.target), event);
      this.#grid.addEventListener(type, listen, { signal });
    };
    on("click", (at) => at && this.#options.onPair(at));
    on("keydown", (at, event) => at && this.#press(at, event));
    on("focusin", (at) => {
      if (!at) return;
      this.#stopAt(at);
      this.#say(at);
    });
    on("pointerover", (at) => this.#say(at));
    on("pointerleave", () => this.#say(null));
  }

  update(props: AgreementMatrixProps): void {
    const { names, pair, cells, top, quality } = props;
    const n = names.length;
    const isSame =
      this.#props?.names.length === n &&
      names.every((name, i) => name === this.#props?.names[i]) &&
      (this.#props.quality === null) === (quality === null);
    if (!isSame) this.#make(props);
    const wasChosen = this.#props?.pair;
    this.#props = props;
    setAttributes(this.#grid, {
      "aria-label": `Agreement of the spaces at k = ${props.k}, above chance: row A, column B`,
    });
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        if (row !== column) this.#draw(row, column, cells[row * n + column], top, n);
      }
    }
    for (const [i, side] of (["a", "b"] as const).entries()) {
      for (const head of this.#grid.querySelectorAll(`[data-head="${side}"]`)) {
        head.toggleAttribute("data-chosen", (head as HTMLElement).dataset.space === `${pair[i]}`);
      }
    }
    for (const bar of this.#grid.querySelectorAll<HTMLElement>("[data-bar]")) {
      const at = Number(bar.dataset.bar);
      const drawn = quality && (quality.bars[at] ?? quality.shuffled);
      if (!drawn) continue;
      setAttributes(bar, { title: drawn.words, "aria-label": drawn.words });
      bar.style.setProperty("--ew-share", String(Math.min(1, Math.max(0, drawn.value))));
    }
    setText(this.#top, figure(top));
    if (wasChosen !== pair && !this.#grid.matches(":focus-within")) this.#stopAt(pair);
    this.#say(null);
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #make({ names, quality }: AgreementMatrixProps): void {
    const n = names.length;
    const head = (space: number, side: "a" | "b", role: string) => {
      const dot = h("span", { class: `ew-dot ew-dot-${side}`, "aria-hidden": true });
      const name = h("span", { class: "ew-matrix-name", dir: "auto" }, names[space]);
      const own = { class: "ew-matrix-head", "data-head": side, "data-space": space };
      return h("div", { ...own, role, title: names[space] }, dot, name);
    };
    const spaces = names.map((_, space) => space);
    const row = (...children: HTMLElement[]) => h("div", { role: "row" }, children);
    const bar = (space: number) =>
      quality
        ? [h("div", { class: "ew-matrix-bar", role: "gridcell", "data-bar": space }, h("span"))]
        : [];
    this.#cells = [];
    const cell = (at: number, column: number) => {
      const isSame = at === column;
      const own = isSame
        ? { class: "ew-matrix-same", "aria-label": "the same space" }
        : { class: "ew-matrix-cell", tabindex: -1, "data-at": `${at} ${column}` };
      const made = h("div", { ...own, role: "gridcell" });
      this.#cells.push(made);
      return made;
    };
    const title = quality && h("div", { class: "ew-matrix-head", role: "columnheader" });
    title?.append(h("span", { class: "ew-matrix-name" }, quality?.title ?? ""));
    this.#grid.style.setProperty("--ew-spaces", String(n));
    this.#grid.toggleAttribute("data-figures", n <= MOST_FIGURES);
    this.#grid.toggleAttribute("data-quality", quality !== null);
    const shuffled = h("div", { class: "ew-matrix-head", role: "rowheader" });
    shuffled.append(h("span", { class: "ew-matrix-name" }, "shuffled"));
    const chance = "shuffled: 0, what unrelated spaces give";
    this.#grid.replaceChildren(
      row(
        h("div", { role: "columnheader" }, h("span", { class: "ew-only-read" }, "A by B")),
        ...spaces.map((space) => head(space, "b", "columnheader")),
        ...(title ? [title] : []),
      ),
      ...spaces.map((at) =>
        row(head(at, "a", "rowheader"), ...spaces.map((column) => cell(at, column)), ...bar(at)),
      ),
      row(
        shuffled,
        ...spaces.map(() => {
          const own = { class: "ew-matrix-chance", role: "gridcell", title: chance };
          return h("div", own, n <= MOST_FIGURES ? "0" : "");
        }),
        ...bar(n),
      ),
    );
    const [a, b] = this.#stop;
    this.#stop = [Math.min(a, n - 1), Math.min(b, n - 1)];
    this.#stopAt(a < n && b < n ? this.#stop : [0, 1]);
  }

  #draw(row: number, column: number, cell: MatrixCell, top: number, n: number): void {
    const node = this.#cells[row * n + column];
    const pair = this.#props?.pair;
    const share = cell.value === null ? 0 : Math.min(1, Math.max(0, cell.value / top));
    const isWritten = n <= MOST_FIGURES && cell.value !== null;
    setAttributes(node, { "data-figure": isWritten ? figure(cell.value ?? 0) : null });
    setAttributes(node, {
      title: cell.words,
      "aria-label": cell.words,
      "aria-selected": pair?.[0] === row && pair[1] === column,
      "data-unknown": cell.value === null,
    });
    node.style.setProperty("--ew-share", share.toFixed(3));
  }

  #at(target: EventTarget | null): TwoOf | null {
    const cell = target instanceof Element ? target.closest<HTMLElement>("[data-at]") : null;
    const at = cell?.dataset.at?.split(" ").map(Number);
    return at ? [at[0], at[1]] : null;
  }

  #press(at: TwoOf, event: KeyboardEvent): void {
    const n = this.#props?.names.length ?? 0;
    const arrow = ARROWS[event.key];
    let target: TwoOf | null = null;
    if (arrow) {
      target = [at[0] + arrow[0], at[1] + arrow[1]];
      // Over what is no pair.
      if (target[0] === target[1]) target = [target[0] + arrow[0], target[1] + arrow[1]];
      if (target.some((space) => space < 0 || space >= n)) target = at;
    } else if (event.key === "Home") target = [at[0], at[0] === 0 ? 1 : 0];
    else if (event.key === "End") target = [at[0], at[0] === n - 1 ? n - 2 : n - 1];
    else if (event.key === "Enter" || event.key === " ") this.#options.onPair(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (target) this.#cells[target[0] * n + target[1]].focus();
  }

  /** Tab leads to this cell from now on. */
  #stopAt(at: TwoOf): void {
    const n = this.#props?.names.length ?? Math.sqrt(this.#cells.length);
    const [before, after] = [this.#stop, at].map(([row, column]) => this.#cells[row * n + column]);
    if (before && before !== after) setAttributes(before, { tabindex: -1 });
    if (after) setAttributes(after, { tabindex: 0 });
    this.#stop = at;
  }

  /** Says what is known of a pair; null = of the chosen one. */
  #say(at: TwoOf | null): void {
    const { names = [], cells = [], pair = [0, 1] } = this.#props ?? {};
    const [row, column] = at ?? pair;
    const words = cells[row * names.length + column]?.words ?? "";
    setText(this.#words, words);
    setShown(this.#words, words !== "");
  }
}

/** ".62", "1.0", "−.03": two digits in a cell of 22 px. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const text = size >= 0.995 ? size.toFixed(1) : size.toFixed(2).slice(1);
  if (text === ".00") return "0";
  return value < 0 ? `−${text}` : text;
}
