/** Panels in one place, one of them shown: the pattern of WAI-ARIA, arrow keys choose. */

import { h, setAttributes, setShown, uniqueId } from "../ui/dom.ts";
import { keyTarget } from "../ui/keys.ts";

export interface TabsOptions {
  /** Name of the list of tabs, for screen readers. */
  label: string;
  /** Panels by the titles of their tabs. */
  tabs: Record<string, HTMLElement>;
  /** A tab was chosen, by its index. */
  onShow(index: number): void;
}

export class TabsView {
  /** The row of tabs; the panels stay where they are. */
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #buttons: HTMLElement[];
  readonly #panels: HTMLElement[];
  readonly #onShow: TabsOptions["onShow"];

  constructor({ label, tabs, onShow }: TabsOptions) {
    this.#onShow = onShow;
    this.#panels = Object.values(tabs);
    this.#buttons = Object.entries(tabs).map(([title, panel]) => {
      const [id, panelId] = [uniqueId("tab"), uniqueId("panel")];
      setAttributes(panel, { role: "tabpanel", id: panelId, "aria-labelledby": id });
      const attributes = { type: "button", role: "tab", id, class: "ew-tab" };
      return h("button", { ...attributes, "aria-controls": panelId }, title);
    });
    this.node = h("div", { class: "ew-tabs", role: "tablist", "aria-label": label }, this.#buttons);
    const { signal } = this.#off;
    for (const [i, button] of this.#buttons.entries()) {
      button.addEventListener("click", () => this.#choose(i), { signal });
    }
    this.node.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#mark(0);
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #choose(index: number): void {
    this.#mark(index);
    this.#onShow(index);
  }

  #mark(index: number): void {
    for (const [i, button] of this.#buttons.entries()) {
      // One stop of the Tab key for all of them.
      setAttributes(button, { "aria-selected": i === index, tabindex: i === index ? 0 : -1 });
      setShown(this.#panels[i], i === index);
    }
  }

  #key(event: KeyboardEvent): void {
    const at = this.#buttons.indexOf(event.target as HTMLElement);
    const target = keyTarget(event.key, at, this.#buttons.length);
    if (at < 0 || target === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(target);
    this.#buttons[target].focus();
  }
}
