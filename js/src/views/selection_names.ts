/** Selections that have a name: choose, store, rename, delete. Names are people's own texts. */

import { h, setAttributes, setShown, setText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { MAX_NAME_CHARS, type Named } from "../wire/named.ts";
import { modeOf, type SelectMode } from "../wire/selection.ts";

export interface SelectionNamesProps {
  named: Named;
  /** The name of what is selected; null = it has none. */
  chosen: string | null;
  /** Whether anything is selected. */
  canStore: boolean;
}

export interface SelectionNamesOptions {
  onChoose(name: string, mode: SelectMode): void;
  onStore(name: string): void;
  onRename(name: string, to: string): void;
  onForget(name: string): void;
}

export class SelectionNamesView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #options: SelectionNamesOptions;
  readonly #list = h("ul", { class: "ew-names", "aria-label": "Named selections" });
  readonly #input = h("input", {
    type: "text",
    class: "ew-filter",
    maxlength: MAX_NAME_CHARS,
    placeholder: "name this selection",
    "aria-label": "Name of this selection",
    dir: "auto",
  });
  readonly #store = h("button", { type: "submit", class: "ew-button" });
  readonly #forget = h("button", { type: "button", class: "ew-button" }, "Delete");
  readonly #form = h("form", { class: "ew-name-form" }, this.#input, this.#store, this.#forget);
  #props: SelectionNamesProps = { named: new Map(), chosen: null, canStore: false };

  constructor(options: SelectionNamesOptions) {
    this.#options = options;
    this.node = h("div", { class: "ew-selection-names" }, this.#list, this.#form);
    const { signal } = this.#off;
    this.#list.addEventListener("click", (event) => this.#choose(event), { signal });
    this.#input.addEventListener("input", () => this.#offer(), { signal });
    this.#forget.addEventListener(
      "click",
      () => this.#props.chosen !== null && options.onForget(this.#props.chosen),
      { signal },
    );
    this.#form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        this.#submit();
      },
      { signal },
    );
  }

  update(props: SelectionNamesProps): void {
    const { named, chosen, canStore } = props;
    if (chosen !== this.#props.chosen) this.#input.value = chosen ?? "";
    this.#props = props;
    const names = [...named];
    this.#list.replaceChildren(
      ...names.map(([name, items], i) => {
        const pressed = name === chosen;
        const title = "Click selects, Shift adds, Alt removes.";
        const attributes = { type: "button", class: "ew-name", "data-name": i, title };
        const text = h("bdi", {}, name);
        const size = h("span", { class: "ew-muted" }, count(items.length));
        return h(
          "li",
          {},
          h("button", { ...attributes, "aria-pressed": pressed }, text, " ", size),
        );
      }),
    );
    setShown(this.#list, names.length > 0);
    setShown(this.#form, canStore);
    this.#offer();
  }

  destroy(): void {
    this.#off.abort();
  }

  /** What the button does with the name as it stands. */
  #offer(): void {
    const { named, chosen } = this.#props;
    const name = this.#input.value.trim();
    const isTaken = named.has(name) && name !== chosen;
    const other = isTaken ? "Replace" : "Store";
    setText(this.#store, chosen === null ? other : "Rename");
    setAttributes(this.#store, {
      disabled: name === "" || name === chosen || (chosen !== null && isTaken),
    });
    setShown(this.#forget, chosen !== null);
  }

  #submit(): void {
    const name = this.#input.value.trim();
    const { chosen } = this.#props;
    if (chosen === null) this.#options.onStore(name);
    else this.#options.onRename(chosen, name);
  }

  #choose(event: MouseEvent): void {
    const at = (event.target as Element).closest<HTMLElement>("[data-name]")?.dataset.name;
    if (at === undefined) return;
    const name = [...this.#props.named.keys()][Number(at)];
    this.#options.onChoose(name, modeOf(event));
  }
}
