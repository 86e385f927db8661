/** The bar in which a comparison is chosen: dataset, both spaces, and how they are compared and drawn. */

import { h, setShown } from "../ui/dom.ts";
import { type Asked, USUAL } from "./asked.ts";
import { type Columns, datasetsIn, type Listed, type ListedSpace } from "./listed.ts";

const REDUCERS: Record<string, string> = {
  umap: "UMAP",
  pca: "PCA",
  "pca+umap": "PCA + UMAP",
  tsne: "t-SNE",
  pacmap: "PaCMAP",
  "umap-learn": "umap-learn",
};

export interface ChoicesOptions {
  onCompare(asked: Asked): void;
  /** Another space is chosen as A: its columns are asked for. */
  onSpace(name: string): void;
}

export class ChoicesView {
  readonly node: HTMLFormElement;
  readonly #options: ChoicesOptions;
  readonly #dataset = select();
  readonly #a = select();
  readonly #b = select();
  readonly #k = h("input", { type: "number", class: "ew-number", min: 1, required: true });
  readonly #metric = select();
  readonly #reducer = select();
  readonly #label = select();
  readonly #text = select();
  readonly #compare = h("button", { class: "ew-button ew-run-go" }, "Compare");
  readonly #labelField = field("Label", this.#label);
  readonly #textField = field("Text", this.#text);
  #spaces: ListedSpace[] = [];
  /** Whose columns are offered; "" = none are yet. */
  #columnsOf = "";
  /** What was chosen of a column before it was known which there are. */
  #wanted: { label?: string; text?: string } = {};

  constructor(options: ChoicesOptions) {
    this.#options = options;
    const named = { title: "Swap A and B", "aria-label": "Swap A and B" };
    const swap = h("button", { type: "button", class: "ew-tool", ...named }, "⇄");
    this.node = h(
      "form",
      { class: "ew-run-choices", "aria-label": "What to compare" },
      field("Dataset", this.#dataset),
      field("A", this.#a, "a"),
      h("div", { class: "ew-run-swap" }, swap),
      field("B", this.#b, "b"),
      field("k", this.#k),
      field("Metric", this.#metric),
      field("Map", this.#reducer),
      this.#labelField,
      this.#textField,
      h("div", { class: "ew-run-field" }, this.#compare),
    );
    this.#dataset.addEventListener("change", () => this.#showDataset(this.#dataset.value));
    this.#a.addEventListener("change", () => this.#spaceChosen());
    this.#b.addEventListener("change", () => this.#nameWhole());
    swap.addEventListener("click", () => {
      [this.#a.value, this.#b.value] = [this.#b.value, this.#a.value];
      this.#spaceChosen();
    });
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      options.onCompare(this.asked);
    });
  }

  get asked(): Asked {
    return {
      a: this.#a.value,
      b: this.#b.value,
      k: Number(this.#k.value),
      metric: this.#metric.value,
      reducer: this.#reducer.value,
      label: this.#label.value,
      text: this.#text.value,
    };
  }

  /** Whether it is known which columns the items have. */
  get knowsColumns(): boolean {
    return this.#columnsOf === this.#a.value;
  }

  /** Offers what there is; what was chosen stays where it is still there. */
  offer(listed: Listed): void {
    this.#spaces = listed.spaces;
    this.#k.max = String(listed.k_max);
    const datasets = datasetsIn(listed);
    fill(
      this.#dataset,
      datasets.map((name) => [name, name]),
    );
    fill(this.#metric, [
      ["", "each its own"],
      ...listed.metrics.map((name): Entry => [name, name.replaceAll("_", " ")]),
    ]);
    fill(
      this.#reducer,
      listed.reducers.map((name) => [name, REDUCERS[name] ?? name]),
    );
    this.#k.value ||= String(USUAL.k);
    this.#showDataset(this.#dataset.value);
  }

  /**
   * Chooses what is named.
   *
   * @returns what cannot be chosen, in a sentence; "" = all can
   */
  choose(asked: Partial<Asked>): string {
    const all = { ...USUAL, ...asked };
    for (const name of [all.a, all.b]) {
      if (!this.#spaces.some((space) => space.name === name)) {
        return `There is no space ${JSON.stringify(name)} any more: choose another one.`;
      }
    }
    this.#k.value = String(all.k);
    for (const [control, value, what] of [
      [this.#metric, all.metric, "metric"],
      [this.#reducer, all.reducer, "map"],
    ] as const) {
      if (!has(control, value)) return `There is no ${what} ${JSON.stringify(value)} here.`;
      control.value = value;
    }
    this.#wanted = { label: asked.label, text: asked.text };
    this.#dataset.value = this.#datasetOf(all.a);
    this.#fillSpaces(this.#dataset.value, all);
    this.#spaceChosen();
    return "";
  }

  /** Chooses what the command line says, as far as it says something. */
  prefer({ a, b = "", k, metric = "", reducer = "", label, text }: Partial<Asked>): void {
    if (k) this.#k.value = String(k);
    if (has(this.#metric, metric)) this.#metric.value = metric;
    if (has(this.#reducer, reducer)) this.#reducer.value = reducer;
    if (a) {
      this.#dataset.value = this.#datasetOf(a);
      this.#fillSpaces(this.#dataset.value, { a, b });
    }
    this.#wanted = { label, text };
    this.#spaceChosen();
  }

  /** Offers the columns of the space that is A. */
  offerColumns({ space, labels, label, texts }: Columns): void {
    if (space !== this.#a.value) return;
    const wanted = this.#wanted.label ?? kept(this.#label, labels) ?? label;
    const text = this.#wanted.text ?? kept(this.#text, texts) ?? "";
    this.#wanted = {};
    this.#columnsOf = space;
    const none: Entry = ["", "none"];
    // A column that was asked for by a link stays, whatever seems likely.
    fill(this.#label, [none, ...entries(labels, wanted)]);
    fill(this.#text, [none, ...entries(texts, text)]);
    [this.#label.value, this.#text.value] = [wanted, text];
    setShown(this.#labelField, this.#label.options.length > 1);
    setShown(this.#textField, this.#text.options.length > 1);
  }

  #showDataset(dataset: string): void {
    const { a, b } = this.asked;
    this.#fillSpaces(dataset, { a, b });
    this.#spaceChosen();
  }

  #fillSpaces(dataset: string, { a, b }: { a: string; b: string }): void {
    const there = this.#spaces.filter((space) => space.dataset === dataset || space.name === b);
    const words = there.map((space): Entry => [space.name, space.name, detailOf(space)]);
    for (const control of [this.#a, this.#b]) fill(control, words);
    this.#a.value = has(this.#a, a) ? a : (there[0]?.name ?? "");
    const other = there.find(({ name }) => name !== this.#a.value) ?? there[0];
    this.#b.value = has(this.#b, b) && b !== "" ? b : (other?.name ?? "");
    if (a === "" || !has(this.#a, a)) this.#b.value = other?.name ?? "";
    this.#compare.disabled = there.length === 0;
  }

  #spaceChosen(): void {
    this.#nameWhole();
    this.#columnsOf = "";
    if (this.#a.value) this.#options.onSpace(this.#a.value);
  }

  /** Two names may begin alike, and be cut where they differ. */
  #nameWhole(): void {
    for (const control of [this.#dataset, this.#a, this.#b]) control.title = control.value;
  }

  #datasetOf(name: string): string {
    return this.#spaces.find((space) => space.name === name)?.dataset ?? "";
  }
}

/** Value, name, and what is said beside it. */
type Entry = [value: string, name: string, detail?: string];

function entries(names: readonly string[], wanted: string): Entry[] {
  const all = wanted === "" || names.includes(wanted) ? names : [...names, wanted];
  return all.map((name) => [name, name]);
}

function detailOf({ n, dims, is_file }: ListedSpace): string {
  if (is_file) return "file";
  return n === null ? "" : `${n.toLocaleString("en")} × ${dims}`;
}

function select(): HTMLSelectElement {
  return h("select", { class: "ew-select" });
}

/** What a person chose of the columns before, where it is one of these, too. */
function kept(control: HTMLSelectElement, names: readonly string[]): string | null {
  const { value, options } = control;
  return options.length > 1 && (value === "" || names.includes(value)) ? value : null;
}

function has(control: HTMLSelectElement, value: string): boolean {
  return Array.from(control.options).some((option) => option.value === value);
}

/** Other options; the chosen one stays chosen where it is among them. */
function fill(control: HTMLSelectElement, options: readonly Entry[]): void {
  const { value } = control;
  control.replaceChildren(
    ...options.map(([name, text, detail]) =>
      h("option", { value: name }, detail ? `${text}  (${detail})` : text),
    ),
  );
  if (has(control, value)) control.value = value;
}

function field(name: string, control: HTMLElement, side?: "a" | "b"): HTMLElement {
  const dot = side && h("span", { class: `ew-dot ew-dot-${side}` });
  const caption = h("span", { class: "ew-caption" }, dot ?? null, side ? `Space ${name}` : name);
  return h("label", { class: `ew-run-field ew-run-${name.toLowerCase()}` }, caption, control);
}
