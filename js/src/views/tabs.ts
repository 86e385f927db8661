/** Panels in one place, one of them shown: the pattern of WAI-ARIA, arrow keys choose. */

import { h, setAttributes, setShown, uniqueId } from "../ui/dom.ts";
import { keyTarget } from "../ui/keys.ts";

/** What stands under a tab. */
export interface Tab {
  readonly title: string;
  readonly node: HTMLElement;
}

export interface TabsOptions<T extends Tab> {
  /** Name of the list of tabs, for screen readers. */
  label: string;
  /** The first is shown to begin with. */
  tabs: readonly T[];
  onShow(tab: T): void;
}

export class TabsView<T extends Tab> {
  /** The row of tabs; the panels stay where they are. */
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #buttons: HTMLElement[];
  readonly #options: TabsOptions<T>;

  constructor(options: TabsOptions<T>) {
    this.#options = options;
    this.#buttons = options.tabs.map(({ title, node }) => {
      const [id, panelId] = [uniqueId("tab"), uniqueId("panel")];
      setAttributes(node, { role: "tabpanel", id: panelId, "aria-labelledby": id });
      const attributes = { type: "button", role: "tab", id, class: "ew-tab" };
      return h("button", { ...attributes, "aria-controls": panelId }, title);
    });
    const attributes = { class: "ew-tabs", role: "tablist", "aria-label": options.label };
    this.node = h("div", attributes, this.#buttons);
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
    this.#options.onShow(this.#options.tabs[index]);
  }

  #mark(index: number): void {
    for (const [i, button] of this.#buttons.entries()) {
      // One stop of the Tab key for all of them.
      setAttributes(button, { "aria-selected": i === index, tabindex: i === index ? 0 : -1 });
      setShown(this.#options.tabs[i].node, i === index);
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
