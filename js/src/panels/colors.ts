/** What the points are coloured by, and the histogram and legend that select by it. */

import {
  type Binning,
  binColors,
  binningOf,
  countBins,
  itemsInBins,
  itemsOfCode,
  nameOfBin,
} from "../color/bins.ts";
import { type Coloring, coincidenceColoring, columnColoring } from "../color/color.ts";
import { ColorByView } from "../color/color_by.ts";
import { type BarRange, HistogramView } from "../color/histogram.ts";
import { LegendView } from "../color/legend.ts";
import { prevailing } from "../color/prevailing.ts";
import { endsText } from "../color/quantity.ts";
import { h, setShown } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import type { ColumnInfo } from "../wire/model.ts";
import type { SelectMode } from "../wire/selection.ts";
import type { Panel, PanelContext, Watched } from "./panel.ts";

const COINCIDENCE = "coincidence";

export class ColorsPanel implements Panel {
  readonly title = "Colours";
  readonly watches: readonly Watched[] = [
    "k",
    "color_by",
    "columns",
    "curve",
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
  #coloring: Coloring | null = null;
  /** Before a selection gave its categories the colours. */
  #plain: Coloring | null = null;
  #range: BarRange | null = null;
  /** The selection that the brush made; any other selection ends the brush. */
  #brushed: Uint32Array | null = null;
  #latest = 0;

  constructor(context: PanelContext) {
    const { store } = context;
    this.#context = context;
    this.#store = store;
    this.#colorBy = new ColorByView({ onChange: (name) => store.set("color_by", name) });
    this.#histogram = new HistogramView({ onBrush: (range) => this.#brush(range) });
    this.#legend = new LegendView({ onPick: (code, mode) => this.#pick(code, mode) });
    const views = [this.#colorBy.node, this.#histogram.node, this.#legend.node];
    this.node = h("div", { class: "ew-colors" }, views);
  }

  update(changed: Watched | null): void {
    if (changed === "selection") {
      this.#color();
      this.#draw();
    } else if (changed !== "progress") void this.#recolor();
    // Nothing more will be measured: what has not come by now is asked for, so that it says why.
    else if (this.#store.get("progress").step === "" && this.#coloring === null) {
      void this.#recolor();
    }
  }

  destroy(): void {
    this.#latest++;
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
    try {
      const coloring = await this.#colors();
      if (turn !== this.#latest) return;
      this.#plain = coloring;
      this.#color();
      this.#draw();
    } catch (error) {
      if (turn === this.#latest) this.#context.onError(messageOf(error));
    }
  }

  /** Gives the selected categories their colours, and hands them out when they are others. */
  #color(): void {
    const coloring = this.#plain && prevailing(this.#plain, this.#store.selection);
    if (coloring === this.#coloring) return;
    this.#coloring = coloring;
    if (coloring) this.#context.onColors(coloring);
  }

  /** Brings the histogram up to the colours and the selection. */
  #draw(): void {
    const selection = this.#store.selection;
    if (selection !== this.#brushed) this.#range = null;
    const binning = this.#binning();
    setShown(this.#legend.node, this.#coloring !== null);
    setShown(this.#histogram.node, this.#coloring === null || binning !== null);
    if (this.#coloring) {
      const noun = this.#column()?.source === "metadata" ? "label" : "group";
      this.#legend.update({ legend: this.#coloring.legend, noun });
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
    const { answers } = this.#store;
    const column =
      info?.source === "measured_at_k"
        ? await answers.columnAt(name, k)
        : await answers.column(name);
    return column && columnColoring(column, this.#context.theme());
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
        { at: 0, text: low },
        { at: last, text: high },
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

  #pick(code: number, mode: SelectMode): void {
    if (this.#coloring) this.#context.onSelect(itemsOfCode(this.#coloring.codes, code), mode);
  }
}
