/** Which labels one space finds better than the other. */

import { h, setAttributes, setShown } from "../ui/dom.ts";
import { metricName, plural, score } from "../ui/format.ts";
import type { LabelRow, QualityMetric, QualityTable } from "../wire/model.ts";
import { labelsToShow, lead } from "./figures.ts";
import { MeasuredTable } from "./measured_table.ts";
import type { Panel, PanelContext, Watched } from "./panel.ts";
import { RankingView, rowHead, rowTwins } from "./ranking.ts";
import { wonItems } from "./won_items.ts";

/** More labels than the panel shows at once need a filter. */
const MANY = 12;

export class LabelsPanel implements Panel {
  readonly title = "Labels";
  readonly watches: readonly Watched[] = ["numbers"];
  readonly isAlwaysOn = false;
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #metrics = h("div", { class: "ew-segments", role: "group", "aria-label": "Metric" });
  readonly #filter = h("input", {
    type: "search",
    class: "ew-filter",
    "aria-label": "Filter the labels",
  });
  readonly #overall = h("div", { class: "ew-rank ew-overall" });
  readonly #quality: MeasuredTable<QualityTable>;
  readonly #ranking: RankingView<LabelRow>;
  /** The table that the buttons of the metrics belong to. */
  #shown: QualityTable | null = null;
  #metric = 0;
  #query: string | null = null;
  #rows: LabelRow[] = [];

  constructor(context: PanelContext) {
    const { answers } = context.store;
    this.#quality = new MeasuredTable(context, {
      name: "quality",
      ask: () => answers.quality(),
      onTable: () => this.update(),
    });
    const won = context.store.hasLists ? [wonItems(context, this.#off.signal)] : [];
    this.#ranking = new RankingView({
      label: "Labels, those that differ most first",
      head: [...won, this.#metrics, this.#overall, this.#filter],
      draw: drawLabel,
      onPick: ([, code], mode) => context.onSelect(answers.labelItems(code), mode),
    });
    this.node = this.#ranking.node;
    const { signal } = this.#off;
    this.#filter.addEventListener("input", () => this.update(), { signal });
    this.#metrics.addEventListener(
      "click",
      (event) => {
        const metric = Array.from(this.#metrics.children).indexOf(event.target as Element);
        if (metric < 0) return;
        this.#choose(metric);
        this.update();
      },
      { signal },
    );
  }

  update(): void {
    const { table, missing, note } = this.#quality.read();
    if (table !== this.#shown) this.#offer(table);
    const metric: QualityMetric | undefined = table?.metrics[this.#metric];
    const query = this.#filter.value;
    if (metric && query !== this.#query) this.#find(metric, query);
    const total = (query.trim() === "" ? metric?.total : null) ?? this.#rows.length;
    this.#ranking.update({
      missing,
      summary: metric?.verdict ?? "",
      note,
      rows: this.#rows,
      total,
    });
  }

  destroy(): void {
    this.#off.abort();
    this.#ranking.destroy();
  }

  /** A button for each metric of a table. */
  #offer(table: QualityTable | null): void {
    this.#shown = table;
    const metrics = table?.metrics ?? [];
    this.#metrics.replaceChildren(
      ...metrics.map(({ metric }) => h("button", { type: "button" }, metricName(metric))),
    );
    this.#choose(0);
  }

  #choose(metric: number): void {
    this.#metric = metric;
    this.#query = null;
    for (const [i, button] of Array.from(this.#metrics.children).entries()) {
      setAttributes(button, { "aria-pressed": i === metric });
    }
  }

  #find(metric: QualityMetric, query: string): void {
    this.#query = query;
    this.#rows = labelsToShow(metric, query);
    const [content, title] = drawLabel(metric.overall);
    this.#overall.replaceChildren(...content);
    setAttributes(this.#overall, { title });
    setShown(this.#filter, metric.rows.length > MANY);
    setAttributes(this.#filter, { placeholder: `filter ${plural(metric.rows.length, "label")}` });
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
      rowTwins(bars),
      h("span", { class: "ew-muted" }, `${a.toFixed(2)} · ${b.toFixed(2)}`),
    ],
    `${label} (${plural(n, "item")}): A ${score(a)}, B ${score(b)}, ` +
      `B − A = ${sign(difference)} (95 % ${sign(low)} to ${sign(high)}).`,
  ];
}
