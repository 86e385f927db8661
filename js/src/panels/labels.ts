/** Which labels one space finds better than the other. */

import { h, setAttributes, setShown } from "../ui/dom.ts";
import { plural, score } from "../ui/format.ts";
import type { LabelRow, QualityMetric, QualityTable } from "../wire/model.ts";
import type { SelectMode } from "../wire/selection.ts";
import { labelsToShow, lead, type Missing, metricName } from "./figures.ts";
import { RankingView, rowBars, rowHead } from "./ranking.ts";

export interface LabelsProps {
  /** Why there is no table; null with one. */
  missing: Missing | null;
  table: QualityTable | null;
  /** What was sampled; "" = nothing to say. */
  note: string;
}

export interface LabelsOptions {
  /** The items of a label were asked for. */
  onPick(code: number, mode: SelectMode): void;
}

/** More labels than the panel shows at once need a filter. */
const MANY = 12;

export class LabelsView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #metrics = h("div", { class: "ew-segments", role: "group", "aria-label": "Metric" });
  readonly #filter = h("input", {
    type: "search",
    class: "ew-filter",
    "aria-label": "Filter the labels",
  });
  readonly #overall = h("div", { class: "ew-rank ew-overall" });
  readonly #ranking: RankingView<LabelRow>;
  #props: LabelsProps = { missing: null, table: null, note: "" };
  #metric = 0;
  #query: string | null = null;
  #rows: LabelRow[] = [];

  constructor({ onPick }: LabelsOptions) {
    this.#ranking = new RankingView({
      label: "Labels, those that differ most first",
      head: [this.#metrics, this.#overall, this.#filter],
      draw: drawLabel,
      onPick: ([, code], mode) => onPick(code, mode),
    });
    this.node = this.#ranking.node;
    const { signal } = this.#off;
    this.#filter.addEventListener("input", () => this.#show(), { signal });
    this.#metrics.addEventListener(
      "click",
      (event) => {
        const metric = Array.from(this.#metrics.children).indexOf(event.target as Element);
        if (metric >= 0) this.#choose(metric);
      },
      { signal },
    );
  }

  update(props: LabelsProps): void {
    const { table } = this.#props;
    this.#props = props;
    if (props.table === table) {
      this.#show();
      return;
    }
    const metrics = props.table?.metrics ?? [];
    this.#metrics.replaceChildren(
      ...metrics.map(({ metric }) => h("button", { type: "button" }, metricName(metric))),
    );
    this.#choose(0);
  }

  destroy(): void {
    this.#off.abort();
    this.#ranking.destroy();
  }

  #choose(metric: number): void {
    this.#metric = metric;
    this.#query = null;
    for (const [i, button] of Array.from(this.#metrics.children).entries()) {
      setAttributes(button, { "aria-pressed": i === metric });
    }
    this.#show();
  }

  #show(): void {
    const { missing, table, note } = this.#props;
    const shown: QualityMetric | undefined = table?.metrics[this.#metric];
    const query = this.#filter.value;
    if (shown && query !== this.#query) {
      this.#query = query;
      this.#rows = labelsToShow(shown, query);
      const [content, title] = drawLabel(shown.overall);
      this.#overall.replaceChildren(...content);
      setAttributes(this.#overall, { title });
      setShown(this.#filter, shown.rows.length > MANY);
      setAttributes(this.#filter, { placeholder: `filter ${plural(shown.rows.length, "label")}` });
    }
    const total = (query.trim() === "" ? shown?.total : null) ?? this.#rows.length;
    const summary = shown?.verdict ?? "";
    this.#ranking.update({ missing, summary, note, rows: this.#rows, total });
  }
}

function drawLabel(row: LabelRow): [content: HTMLElement[], title: string] {
  const [label, , n, a, b, difference, low, high, better] = row;
  const ink = better === "" ? "ew-muted" : `ew-ink-${better.toLowerCase()}`;
  const sign = (value: number) => `${value > 0 ? "+" : ""}${score(value)}`;
  const bars: ["a" | "b", number][] = [
    ["a", a],
    ["b", b],
  ];
  return [
    [
      ...rowHead(label, n, h("strong", { class: ink }, lead(row))),
      ...rowBars(bars, `${a.toFixed(2)} · ${b.toFixed(2)}`),
    ],
    `${label} (${plural(n, "item")}): A ${score(a)}, B ${score(b)}, ` +
      `B − A = ${sign(difference)} (95 % ${sign(low)} to ${sign(high)}).`,
  ];
}
