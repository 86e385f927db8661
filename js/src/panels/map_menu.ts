/** What can be taken along from the screen: a picture of both maps, and the neighbours as a table. */

import type { Coloring } from "../color/color.ts";
import { KEY_WORDS } from "../maps/keys.ts";
import type { PairView } from "../maps/pair.ts";
import { toCsv } from "../ui/csv.ts";
import { messageOf } from "../ui/errors.ts";
import { plural } from "../ui/format.ts";
import { fileName, saveFile } from "../ui/save.ts";
import { MapMenuView } from "../views/map_menu.ts";
import type { Store } from "../wire/store.ts";
import { neighborsTable } from "./neighbors_csv.ts";
import { drawPicture } from "./picture.ts";

export interface MapMenuPanelOptions {
  /** Of the whole widget. */
  root: HTMLElement;
  pair: PairView;
  /** The answer as it stands in the header, a sentence each. */
  sentences(): string[];
  onError(message: string): void;
}

export class MapMenuPanel {
  readonly node: HTMLElement;
  readonly #store: Store;
  readonly #options: MapMenuPanelOptions;
  readonly #view: MapMenuView;
  readonly #stop: () => void;
  #coloring: Coloring | null = null;

  constructor(store: Store, options: MapMenuPanelOptions) {
    this.#store = store;
    this.#options = options;
    const fail = (error: unknown) => options.onError(messageOf(error));
    this.#view = new MapMenuView({
      root: options.root,
      keys: KEY_WORDS,
      onPicture: () => void this.#savePicture().catch(fail),
      onNeighbors: () => void this.#saveNeighbors().catch(fail),
      onError: fail,
    });
    this.node = this.#view.node;
    this.#stop = store.watch(["focus", "curve"], () => this.#draw());
    this.#draw();
  }

  /** The points have these colours now. */
  setColoring(coloring: Coloring | null): void {
    this.#coloring = coloring;
  }

  destroy(): void {
    this.#stop();
    this.#view.destroy();
  }

  #draw(): void {
    const isKnown = this.#store.get("focus") !== null && this.#store.get("curve").length > 0;
    this.#view.update(isKnown && this.#store.hasLists);
  }

  async #savePicture(): Promise<void> {
    const { root, pair, sentences } = this.#options;
    const blob = await drawPicture({
      root,
      pair,
      title: this.#title(),
      sentences: sentences(),
      coloring: this.#coloring,
      colorTitle: this.#colorTitle(),
    });
    saveFile(fileName(this.#names(), "png"), blob);
  }

  async #saveNeighbors(): Promise<void> {
    const item = this.#store.get("focus");
    if (item === null) return;
    const lists = await this.#store.neighbors(item);
    const k = this.#store.get("k");
    const rows = await this.#store.rows([
      item,
      ...lists.indices_a.slice(0, k),
      ...lists.indices_b.slice(0, k),
    ]);
    const [labelName, textName] = [this.#store.get("label"), this.#store.get("text")];
    const show = this.#store.get("show");
    const table = neighborsTable({ k, lists, rows, labelName, textName, show });
    const csv = new Blob([toCsv(table.head, table.rows)], { type: "text/csv;charset=utf-8" });
    saveFile(fileName(["neighbours", rows.get(item)?.id ?? String(item)], "csv"), csv);
  }

  #names(): [string, string, string] {
    return [this.#store.get("space_a").name, "vs", this.#store.get("space_b").name];
  }

  #title(): string {
    const items = plural(this.#store.get("n_items"), "item");
    return `${this.#names().join(" ")} · ${items} · k = ${this.#store.get("k")}`;
  }

  #colorTitle(): string {
    const name = this.#coloring?.name ?? "";
    return this.#store.get("columns").find((column) => column.name === name)?.title ?? name;
  }
}
