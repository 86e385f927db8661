/** What the points are coloured by, and the histogram and legend that select by it. */

import {
  type Binning,
  binColors,
  binningOf,
  countBins,
  itemsInBins,
  itemsOfEntry,
  nameOfBin,
} from "../color/bins.ts";
import { partsColoring, withChosen } from "../color/chosen_colors.ts";
import {
  type Coloring,
  coincidenceColoring,
  columnColoring,
  type LegendEntry,
} from "../color/color.ts";
import { ColorByView } from "../color/color_by.ts";
import { type BarRange, HistogramView } from "../color/histogram.ts";
import { LegendView } from "../color/legend.ts";
import { endsText } from "../color/quantity.ts";
import { h, setShown, setText } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import type { ColumnInfo, TwoOf } from "../wire/model.ts";
import type { SelectMode } from "../wire/selection.ts";
import { NOT_IN_FILE } from "../wire/several.ts";
import type { Panel, PanelContext, Watched } from "./panel.ts";

/** Colours of other two spaces give way after this long: those that come sooner do not flicker. */
const STALE_MS = 100;
const COINCIDENCE = "coincidence";

export class ColorsPanel implements Panel {
  readonly title = "Colours";
  readonly watches: readonly Watched[] = [
    "k",
    "color_by",
    "columns",
    "curve",
    "focus",
    "progress",
    "shared",
    "selection",
    "theme",
  ];
  readonly isAlwaysOn = true;
  readonly node: HTMLElement;
  readonly #context: PanelContext;
  readonly #store: PanelContext["store"];
  readonly #colorBy: ColorByView;
  readonly #histogram: HistogramView;
  readonly #legend: LegendView;
  /** Stands in the place of both where a file has no values. */
  readonly #missing = h("p", { class: "ew-note" });
  #coloring: Coloring | null = null;
  /** The same, with colours for what is chosen: what the maps have. */
  #shown: Coloring | null = null;
  #range: BarRange | null = null;
  /** The selection that the brush made; any other selection ends the brush. */
  #brushed: Uint32Array | null = null;
  #latest = 0;
  /** What the colours are of. */
  #pair: TwoOf;
  #fading: ReturnType<typeof setTimeout> | undefined;

  constructor(context: PanelContext) {
    const { store } = context;
    this.#context = context;
    this.#store = store;
    this.#pair = store.several.pair;
    this.#colorBy = new ColorByView({
      onChange: (name) => {
        context.chosen.drop();
        store.set("color_by", name);
      },
    });
    this.#histogram = new HistogramView({ onBrush: (range) => this.#brush(range) });
    this.#legend = new LegendView({ onPick: (entry, mode) => this.#pick(entry, mode) });
    const views = [this.#colorBy.node, this.#missing, this.#histogram.node, this.#legend.node];
    this.node = h("div", { class: "ew-colors" }, views);
    context.chosen.onChange(() => void this.#recolor());
  }

  update(changed: Watched | null): void {
    if (changed === "selection" || changed === "focus") this.#draw();
    else if (changed !== "progress") void this.#recolor();
    // Nothing more will be measured: what has not come by now is asked for, so that it says why.
    else if (this.#store.get("progress").step === "" && this.#coloring === null) {
      void this.#recolor();
    }
  }

  destroy(): void {
    this.#latest++;
    clearTimeout(this.#fading);
    this.#colorBy.destroy();
    this.#histogram.destroy();
    this.#legend.destroy();
    this.node.remove();
  }

  /** Takes the colours of `color_by` at `k`; the last call wins over answers that come late. */
  async #recolor(): Promise<void> {
    this.#colorBy.update({
      columns: this.#store.get("columns"),
      value: this.#store.get("color_by"),
    });
    const turn = ++this.#latest;
    const { pair } = this.#store.several;
    clearTimeout(this.#fading);
    const isStale = this.#pair !== pair && this.#column()?.source !== "metadata";
    if (isStale) this.#fading = setTimeout(() => this.#blank(), STALE_MS);
    try {
      const coloring = this.#parts() ?? (await this.#colors());
      if (turn !== this.#latest) return;
      clearTimeout(this.#fading);
      this.#pair = pair;
      this.#coloring = coloring;
      this.#draw();
      if (isStale && coloring === null) this.#context.onColors(null);
    } catch (error) {
      if (turn === this.#latest) this.#context.onError(messageOf(error));
    }
  }

  /** What the colours say is of two spaces that are compared no longer. */
  #blank(): void {
    this.#coloring = null;
    this.#draw();
    this.#context.onColors(null);
  }

  /** Colours of a chosen group, in which its parts are told apart. */
  #parts(): Coloring | null {
    const { chosen, store, theme } = this.#context;
    const { now } = chosen;
    return now && partsColoring(now.group, now.title, store.get("n_items"), theme());
  }

  /** Hands out the colours, with those for what is selected or in focus; what is the same stays. */
  #adapt(): void {
    const { selection } = this.#store;
    const focus = this.#store.get("focus");
    const focused = focus === null ? selection : Uint32Array.of(focus);
    const items = selection.length > 0 ? selection : focused;
    const shown = this.#coloring && withChosen(this.#coloring, items, this.#context.theme());
    if (shown && shown !== this.#shown) this.#context.onColors(shown);
    this.#shown = shown;
  }

  /** Brings colours, histogram and legend up to the selection. */
  #draw(): void {
    const selection = this.#store.selection;
    if (selection !== this.#brushed) this.#range = null;
    this.#adapt();
    const binning = this.#binning();
    setShown(this.#legend.node, this.#shown !== null);
    const isMissing = this.#coloring === null && this.#isBeyondFile;
    setText(this.#missing, isMissing ? `${this.#store.get("color_by")}: ${NOT_IN_FILE}` : "");
    setShown(this.#histogram.node, !isMissing && (this.#coloring === null || binning !== null));
    if (this.#shown) {
      const noun = this.#column()?.source === "metadata" ? "label" : "group";
      this.#legend.update({ legend: this.#shown.legend, noun });
    }
    const codes = this.#coloring?.codes ?? new Uint8Array(0);
    this.#histogram.update({
      ...this.#axis(),
      counts: binning ? countBins(codes, binning, null) : [],
      colors: this.#coloring && binning ? binColors(this.#coloring.palette, binning) : [],
      selectedRange: this.#range,
      selectedCounts:
        binning && selection.length > 0 ? countBins(codes, binning, selection) : undefined,
    });
  }

  /** What is known of the column in use; undefined while it is still to be measured. */
  #column(): ColumnInfo | undefined {
    const name = this.#store.get("color_by");
    return this.#store.get("columns").find((column) => column.name === name);
  }

  async #colors(): Promise<Coloring | null> {
    const name = this.#store.get("color_by");
    const k = this.#store.get("k");
    if (name === COINCIDENCE) {
      const shared = await this.#store.shared(k);
      return shared && coincidenceColoring(shared, k, this.#context.theme());
    }
    const info = this.#column();
    // The kernel has taken the name, so what it stands for will come.
    if (!info && this.#store.get("progress").step !== "") return null;
    if (this.#isBeyondFile) return null;
    const { answers } = this.#store;
    const column =
      info?.source === "measured_at_k"
        ? await answers.columnAt(name, k)
        : await answers.column(name);
    return column && columnColoring(column, this.#context.theme());
  }

  /** A file has the column of other two spaces alone, or no neighbours to count. */
  get #isBeyondFile(): boolean {
    const info = this.#column();
    if (this.#store.hasPython || !this.#store.several.isAhead) return false;
    return !info || (info.source !== "metadata" && !this.#store.hasLists);
  }

  #binning(): Binning | null {
    return this.#coloring ? binningOf(this.#coloring.legend) : null;
  }

  #axis() {
    const legend = this.#coloring?.legend;
    const binning = this.#binning();
    if (legend && binning && (legend.kind === "numeric" || legend.kind === "difference")) {
      const info = this.#column();
      const title = info?.title ?? this.#store.get("color_by");
      const k = info?.source === "measured_at_k" ? ` at k = ${this.#store.get("k")}` : "";
      const at = legend.unit === "utc" ? " (UTC)" : k;
      const nameOf = (bin: number) => nameOfBin(legend, binning, bin);
      const last = binning.bins - 1;
      const isDifference = legend.kind === "difference";
      const [low, high] = isDifference
        ? ["A +1", "B +1"]
        : endsText(legend.min, legend.max, legend);
      const ticks = [
        { at: 0, text: legend.below > 0 ? `≤ ${low}` : low },
        { at: last, text: legend.above > 0 ? `≥ ${high}` : high },
      ];
      if (isDifference) ticks.splice(1, 0, { at: last / 2, text: nameOf(last / 2) });
      return { title: title + at, ticks, nameOf };
    }
    const k = legend?.kind === "coincidence" ? legend.k : this.#store.get("k");
    const middle = k >= 4 ? [{ at: Math.round(k / 2), text: String(Math.round(k / 2)) }] : [];
    return {
      title: `Coincidence at k = ${k}`,
      ticks: [{ at: 0, text: "0 the same" }, ...middle, { at: k, text: String(k) }],
      nameOf: (bin: number) => `${bin} the same`,
    };
  }

  #brush(range: BarRange | null): void {
    const binning = this.#binning();
    if (!this.#coloring || !binning) return;
    this.#range = range;
    if (range === null) {
      this.#brushed = null;
      this.#context.onClear();
      return;
    }
    this.#brushed = itemsInBins(this.#coloring.codes, binning, ...range);
    this.#context.onSelect(this.#brushed, "replace");
  }

  #pick(entry: LegendEntry, mode: SelectMode): void {
    if (!this.#coloring) return;
    const { chosen, onSelect } = this.#context;
    const items = itemsOfEntry(this.#coloring, entry);
    // One part of a chosen group leaves its colours as they are.
    if (chosen.now && mode === "replace") chosen.offer(items, chosen.now);
    onSelect(items, mode);
  }
}
