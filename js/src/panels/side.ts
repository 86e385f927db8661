/** Beside the maps: the panels under their tabs, one of them at a time. */

import type { Coloring } from "../color/color.ts";
import { h } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import type { Theme } from "../ui/theme.ts";
import { TabsView } from "../views/tabs.ts";
import type { SelectMode } from "../wire/selection.ts";
import type { Store } from "../wire/store.ts";
import { ChosenGroup } from "./chosen_group.ts";
import { PANELS } from "./index.ts";
import type { Panel, PanelContext, Watched } from "./panel.ts";

export interface SidePanelOptions {
  onColors(coloring: Coloring | null): void;
  onSelect(items: Uint32Array, mode: SelectMode): void;
  onClear(): void;
  onError(message: string): void;
}

export class SidePanel {
  readonly node: HTMLElement;
  readonly #store: Store;
  readonly #options: SidePanelOptions;
  readonly #chosen: ChosenGroup;
  readonly #panels: readonly Panel[];
  readonly #tabs: TabsView<Panel>;
  readonly #stops: (() => void)[];
  #open: Panel;
  #theme: Theme = "light";
  /** Of the choices that replaced all before them; what was asked for earlier is wanted no more. */
  #latest = 0;
  /** The last choice that is not answered yet: what adds to it comes after it. */
  #asked: Promise<void> | null = null;

  constructor(store: Store, options: SidePanelOptions, classes = PANELS) {
    this.#store = store;
    this.#options = options;
    // Before any panel hears of a selection, it is known whether a group made it.
    this.#chosen = new ChosenGroup(store);
    const context: PanelContext = {
      ...options,
      store,
      chosen: this.#chosen,
      theme: () => this.#theme,
      onSelect: (items, mode) => void this.#select(items, mode),
    };
    this.#panels = classes.map((PanelClass) => new PanelClass(context));
    this.#open = this.#panels[0];
    const onShow = (panel: Panel) => {
      this.#open = panel;
      if (!panel.isAlwaysOn) panel.update(null);
    };
    this.#tabs = new TabsView({ label: "Numbers", tabs: this.#panels, onShow });
    const nodes = this.#panels.map(({ node }) => node);
    // No landmark: a page with six widgets would have six of a name.
    const attributes = { class: "ew-side", role: "group", "aria-label": "Numbers" };
    this.node = h("div", attributes, this.#tabs.node, nodes);
    this.#stops = this.#panels.flatMap((panel) => this.#follow(panel));
    for (const panel of this.#panels) this.#update(panel, null);
  }

  setTheme(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    for (const panel of this.#panels) {
      if (panel.watches.includes("theme")) this.#update(panel, "theme");
    }
  }

  destroy(): void {
    this.#latest++;
    for (const stop of this.#stops) stop();
    this.#chosen.destroy();
    this.#tabs.destroy();
    for (const panel of this.#panels) panel.destroy();
  }

  #follow(panel: Panel): (() => void)[] {
    return panel.watches.flatMap((name) => {
      const update = () => this.#update(panel, name);
      if (name === "theme") return [];
      const isEvent = name === "shared" || name === "selection";
      return isEvent ? this.#store.events.on(name, update) : this.#store.watch([name], update);
    });
  }

  /** One that nobody sees is updated when its tab is opened. */
  #update(panel: Panel, changed: Watched | null): void {
    if (panel === this.#open || panel.isAlwaysOn) panel.update(changed);
  }

  async #select(items: Uint32Array | Promise<Uint32Array>, mode: SelectMode): Promise<void> {
    if (mode === "replace") {
      this.#latest++;
      this.#asked = null;
    }
    if (items instanceof Uint32Array && this.#asked === null) {
      this.#options.onSelect(items, mode);
      return;
    }
    const asked = this.#take(items, mode, this.#asked);
    this.#asked = asked;
    await asked;
    if (this.#asked === asked) this.#asked = null;
  }

  /** Selects what is asked for, after what was asked for before. */
  async #take(
    items: Uint32Array | Promise<Uint32Array>,
    mode: SelectMode,
    before: Promise<void> | null,
  ): Promise<void> {
    const turn = this.#latest;
    try {
      const found = await items;
      await before;
      if (turn === this.#latest) this.#options.onSelect(found, mode);
    } catch (error) {
      this.#options.onError(messageOf(error));
    }
  }
}
