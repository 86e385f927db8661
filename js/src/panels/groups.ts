/** Groups that one space has and the other has not. */

import { h } from "../ui/dom.ts";
import { percent, plural } from "../ui/format.ts";
import type { GroupRow, GroupTable } from "../wire/model.ts";
import { changeWords, groupsWords } from "./figures.ts";
import { MeasuredTable } from "./measured_table.ts";
import type { Panel, PanelContext, Watched } from "./panel.ts";
import { RankingView, rowBars, rowHead } from "./ranking.ts";

const NO_ROWS: GroupRow[] = [];

export class GroupsPanel implements Panel {
  readonly title = "Groups";
  readonly watches: readonly Watched[] = ["numbers"];
  readonly isAlwaysOn = false;
  readonly node: HTMLElement;
  readonly #store: PanelContext["store"];
  readonly #groups: MeasuredTable<GroupTable>;
  readonly #ranking: RankingView<GroupRow>;

  constructor(context: PanelContext) {
    const { store } = context;
    this.#store = store;
    this.#groups = new MeasuredTable(context, {
      name: "groups",
      ask: () => store.answers.groups(),
      onTable: () => this.update(),
    });
    this.#ranking = new RankingView({
      label: "Groups that change, the largest change first",
      head: [],
      draw: drawChange,
      onPick: ({ row }, mode) => context.onSelect(store.answers.groupItems(row), mode),
    });
    this.node = this.#ranking.node;
  }

  update(): void {
    const { table, missing, note } = this.#groups.read();
    this.#ranking.update({
      missing,
      summary: table ? groupsWords(table, this.#store.get("n_items")) : "",
      note,
      rows: table?.rows ?? NO_ROWS,
      total: table?.total ?? 0,
    });
  }

  destroy(): void {
    this.#ranking.destroy();
  }
}

function drawChange(row: GroupRow): [content: HTMLElement[], title: string] {
  const { change, name, n_items, label, label_share, share_changed, evidence } = row;
  const side = change === "splits" || change === "dissolves" ? "a" : "b";
  const mostly = label ? `, ${percent(label_share)} ${label}` : "";
  return [
    [
      ...rowHead(name, n_items, null),
      h("span", { class: "ew-change" }, changeWords(row)),
      ...rowBars([[side, share_changed]], percent(share_changed)),
    ],
    `${name} (${plural(n_items, "item")}${mostly}): ${changeWords(row)}, ` +
      `${percent(share_changed)} of it changed, evidence ${percent(evidence)}.`,
  ];
}
