/** Below the maps, when items are selected: what they have in common, each of them, and their names. */

import { copyText } from "../ui/copy.ts";
import { h, setShown } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import { count, percent, plural } from "../ui/format.ts";
import { saveFile } from "../ui/save.ts";
import { ItemTableView } from "../views/item_table.ts";
import { PYTHON, type SelectionAction, SelectionHeadView } from "../views/selection_head.ts";
import { SelectionLabelsView } from "../views/selection_labels.ts";
import { SelectionNamesView } from "../views/selection_names.ts";
import type { Column, TwoOf } from "../wire/model.ts";
import { type SelectMode, sameItems } from "../wire/selection.ts";
import type { Store } from "../wire/store.ts";
import { agreementOf, allBut, inBoth, labelsOf, orderBy, winsAmong } from "./selected.ts";
import {
  cellsOf,
  columnsOf,
  keysOf,
  type Measured,
  type SelectionColumn,
} from "./selection_columns.ts";
import { csvOf, idsOf } from "./selection_file.ts";

/** A lasso or a brush that moves on is not held up. */
const REST_MS = 120;
const TYPING_MS = 200;

export interface SelectionPanelOptions {
  onSelect(items: Uint32Array, mode: SelectMode): void;
  onZoom(items: Uint32Array): void;
  onHover(item: number | null): void;
  onError(message: string): void;
}

export class SelectionPanel {
  readonly node: HTMLElement;
  readonly #store: Store;
  readonly #options: SelectionPanelOptions;
  readonly #head: SelectionHeadView;
  readonly #labels: SelectionLabelsView;
  readonly #names: SelectionNamesView;
  readonly #table: ItemTableView;
  readonly #search = h("input", {
    type: "search",
    class: "ew-filter",
    placeholder: "search in the selection",
    "aria-label": "Search in the selection",
  });
  readonly #found = h("span", { class: "ew-muted", role: "status" });
  readonly #content: HTMLElement;
  readonly #off = new AbortController();
  readonly #stops: (() => void)[];
  #rest: ReturnType<typeof setTimeout> | undefined;
  #latest = 0;
  #measured: Measured = { k: 1, shared: null, wins: null, distances: null };
  #pair: TwoOf;
  #label: (Column & { kind: "category" }) | null = null;
  #columns: SelectionColumn[] = [];
  #sort: { key: string; descending: boolean } | null = null;
  /** In the order of the table, as far as the search finds them. */
  #items: Uint32Array = new Uint32Array(0);

  constructor(store: Store, options: SelectionPanelOptions) {
    this.#store = store;
    this.#options = options;
    this.#pair = store.several.pair;
    this.#head = new SelectionHeadView((action) => this.#act(action), store.hasPython);
    this.#labels = new SelectionLabelsView((code, all) => this.#pick(code, all));
    this.#names = new SelectionNamesView({
      onChoose: (name, mode) =>
        options.onSelect(store.selections.get(name) ?? new Uint32Array(0), mode),
      onStore: (name) => store.nameSelection(name),
      onRename: (name, to) => store.renameSelection(name, to),
      onForget: (name) => store.forgetSelection(name),
    });
    this.#table = new ItemTableView({
      cells: (item) => cellsOf(this.#columns, item, store.peekRow(item)),
      onSight: (items) => void this.#fetch(items),
      onSort: (key) => this.#sortBy(key),
      onHover: options.onHover,
      onFocus: (item) => store.set("focus", item),
    });
    const find = h("div", { class: "ew-selection-find" }, this.#search, this.#found);
    this.#content = h(
      "div",
      { class: "ew-selection-body" },
      this.#labels.node,
      h("div", { class: "ew-selection-items" }, find, this.#table.node),
    );
    const parts = [this.#head.node, this.#names.node, this.#content];
    const attributes = { class: "ew-selection", "aria-label": "Selection", hidden: true };
    this.node = h("section", attributes, parts);
    this.#search.addEventListener("input", () => this.#later(TYPING_MS), {
      signal: this.#off.signal,
    });
    this.#stops = [
      store.events.on("selection", () => this.#selected()),
      store.events.on("selections", () => this.#showNames()),
      store.events.on("shared", () => this.#later()),
      store.events.on("graph", () => this.#later()),
      store.watch(["k", "curve", "label", "text", "show", "columns"], () => this.#later()),
      store.watch(["focus"], () => this.#showTable()),
      store.events.on("pair", () => this.#turn()),
    ];
    this.#selected();
  }

  destroy(): void {
    this.#latest++;
    clearTimeout(this.#rest);
    for (const stop of this.#stops) stop();
    this.#off.abort();
    for (const view of [this.#head, this.#labels, this.#names, this.#table]) view.destroy();
  }

  #selected(): void {
    const n = this.#store.selection.length;
    setShown(this.#head.node, n > 0);
    setShown(this.#content, n > 0);
    this.#head.tell("");
    this.#showNames();
    if (n === 0) {
      this.#latest++;
      this.#search.value = "";
      this.#items = this.#store.selection;
      clearTimeout(this.#rest);
      return;
    }
    this.#later();
  }

  /** What was measured of other two spaces is not shown with the names of these. */
  #turn(): void {
    const { pair } = this.#store.several;
    if (this.#pair === pair) return;
    this.#pair = pair;
    this.#latest++;
    this.#measured = { k: this.#store.get("k"), shared: null, wins: null, distances: null };
    if (this.#store.selection.length === 0) return;
    this.#columns = columnsOf(this.#store, this.#measured);
    this.#showWords();
    this.#showLabels();
    this.#showTable();
    this.#later();
  }

  #later(milliseconds = REST_MS): void {
    clearTimeout(this.#rest);
    if (this.#store.selection.length === 0) return;
    this.#rest = setTimeout(() => void this.#follow(), milliseconds);
  }

  /** Shows what is here, and asks for the rest; the last call wins over answers that come late. */
  async #follow(): Promise<void> {
    const turn = ++this.#latest;
    const isLate = () => turn !== this.#latest;
    try {
      const k = this.#store.get("k");
      const asked = this.#store.shared(k);
      const shared = await asked;
      // A later k took the place of this one.
      if (isLate() || (asked !== null && shared === null)) return;
      const wins = this.#measured.k === k ? this.#measured.wins : null;
      this.#measured = { k, shared, wins, distances: this.#store.distances(k) };
      await this.#show(isLate);
      if (isLate() || !(await this.#ask()) || isLate()) return;
      await this.#show(isLate);
    } catch (error) {
      if (isLate()) return;
      this.#showWords();
      this.#options.onError(messageOf(error));
    }
  }

  async #show(isLate: () => boolean): Promise<void> {
    this.#columns = columnsOf(this.#store, this.#measured);
    this.#showWords();
    this.#showLabels();
    const items = await this.#order();
    if (isLate()) return;
    if (!sameItems(items, this.#items)) this.#items = items;
    this.#showTable();
  }

  /** Asks for the labels and for what wins, where they are not here; whether something came. */
  async #ask(): Promise<boolean> {
    const { answers } = this.#store;
    const before = [this.#label, this.#measured.wins];
    const [name, columns] = [this.#store.get("label"), this.#store.get("columns")];
    const has = (column: string) => columns.some((each) => each.name === column);
    if (this.#label === null && name !== "" && has(name)) {
      const column = await answers.column(name);
      if (column.kind === "category") this.#label = column;
    }
    const { k } = this.#measured;
    if (this.#measured.wins === null && has("wins")) {
      const column = await answers.columnAt("wins", k);
      if (column && "values" in column && k === this.#measured.k) {
        this.#measured = { ...this.#measured, wins: column.values };
      }
    }
    return before[0] !== this.#label || before[1] !== this.#measured.wins;
  }

  async #order(): Promise<Uint32Array> {
    let items = this.#store.selection;
    const query = this.#search.value.trim();
    if (query !== "") items = inBoth(items, await this.#store.answers.searchItems(query));
    const column = this.#columns.find(({ key }) => key === this.#sort?.key);
    const keys = column ? await keysOf(this.#store, column, this.#measured) : null;
    return keys ? orderBy(items, keys, this.#sort?.descending ?? false) : items;
  }

  #showWords(): void {
    const { selection } = this.#store;
    const { k, shared, wins } = this.#measured;
    this.#head.update({
      n: selection.length,
      nItems: this.#store.get("n_items"),
      k,
      agreement: shared && agreementOf(shared, selection),
      wins: wins && winsAmong(wins, selection),
    });
  }

  #showLabels(): void {
    const column = this.#label;
    const { wins } = this.#measured;
    const labels = column
      ? labelsOf(
          { codes: column.codes, labels: column.categories, counts: column.counts },
          this.#store.selection,
          wins,
        )
      : [];
    this.#labels.update({ labels, hasWins: wins !== null });
  }

  #showNames(): void {
    const { selection, selections: named } = this.#store;
    const canStore = selection.length > 0;
    const same = Array.from(named).find(([, items]) => sameItems(items, selection));
    this.#names.update({ named, chosen: (canStore && same?.[0]) || null, canStore });
    setShown(this.#names.node, canStore || named.size > 0);
    setShown(this.node, canStore || named.size > 0);
  }

  #showTable(): void {
    if (this.#columns.length === 0 || this.#store.selection.length === 0) return;
    const isSearched = this.#search.value.trim() !== "";
    const n = this.#store.selection.length;
    this.#found.textContent = isSearched ? `${count(this.#items.length)} of ${count(n)}` : "";
    this.#table.update({
      items: this.#items,
      columns: this.#columns,
      sort: this.#sort,
      focus: this.#store.get("focus"),
      hasImages: this.#store.get("image") !== "",
    });
  }

  async #fetch(items: number[]): Promise<void> {
    const turn = this.#latest;
    try {
      await this.#store.rows(items);
      if (turn === this.#latest) this.#table.draw();
    } catch (error) {
      this.#options.onError(messageOf(error));
    }
  }

  #sortBy(key: string): void {
    const again = this.#sort?.key === key;
    this.#sort = { key, descending: again && !this.#sort?.descending };
    void this.#follow();
  }

  /** Keeps the items of a label alone, or selects all of them. */
  #pick(code: number, all: boolean): void {
    const codes = this.#label?.codes;
    if (!codes) return;
    const items = all ? Uint32Array.from(codes.keys()) : this.#store.selection;
    this.#options.onSelect(
      items.filter((item) => codes[item] === code),
      "replace",
    );
  }

  #act(action: SelectionAction): void {
    const { selection } = this.#store;
    const n = this.#store.get("n_items");
    if (action === "invert") this.#options.onSelect(allBut(selection, n), "replace");
    else if (action === "clear") this.#options.onSelect(new Uint32Array(0), "replace");
    else if (action === "zoom") this.#options.onZoom(selection);
    else void this.#take(action);
  }

  async #take(action: "ids" | "csv" | "python"): Promise<void> {
    const items = this.#items;
    const onShare = (share: number) => {
      if (share > 0) this.#head.tell(`${percent(share)} …`);
    };
    try {
      let said = "";
      if (action === "csv") {
        const { parts, formulas } = await csvOf(this.#store, items, this.#columns, onShare);
        saveFile("selection.csv", new Blob(parts, { type: "text/csv;charset=utf-8" }));
        const warning = `${plural(formulas, "cell")} may run as a formula in a spreadsheet`;
        said = `${plural(items.length, "row")} saved${formulas > 0 ? `; ${warning}` : ""}`;
      } else if (action === "ids") {
        await copyText(await idsOf(this.#store, items, onShare), this.node);
        said = `${plural(items.length, "id")} copied`;
      } else {
        await copyText(PYTHON, this.node);
        said = "copied";
      }
      this.#head.tell(said);
    } catch (error) {
      this.#head.tell("");
      this.#options.onError(messageOf(error));
    }
  }
}
