/** Groups that one space has and the other has not. */

import { itemsOfEntry } from "../color/bins.ts";
import { partsColoring } from "../color/chosen_colors.ts";
import type { LegendEntry } from "../color/color.ts";
import { LegendView } from "../color/legend.ts";
import { h, setShown } from "../ui/dom.ts";
import { percent, plural } from "../ui/format.ts";
import type { GroupRow, GroupTable } from "../wire/model.ts";
import type { SelectMode } from "../wire/selection.ts";
import { changeWords, groupsWords } from "./figures.ts";
import { MeasuredTable } from "./measured_table.ts";
import type { Panel, PanelContext, Watched } from "./panel.ts";
import { RankingView, rowHead, rowTwins } from "./ranking.ts";

const NO_ROWS: GroupRow[] = [];

export class GroupsPanel implements Panel {
  readonly title = "Groups";
  readonly watches: readonly Watched[] = ["numbers", "theme"];
  readonly isAlwaysOn = false;
  readonly node: HTMLElement;
  readonly #context: PanelContext;
  readonly #groups: MeasuredTable<GroupTable>;
  readonly #ranking: RankingView<GroupRow>;
  /** Which part of the chosen group has which colour; on the page while there is one. */
  readonly #legend: LegendView;
  readonly #parts = h("div", { class: "ew-parts" });

  constructor(context: PanelContext) {
    const { store } = context;
    this.#context = context;
    this.#groups = new MeasuredTable(context, {
      name: "groups",
      ask: () => store.answers.groups(),
      onTable: () => this.update(),
    });
    this.#legend = new LegendView({ onPick: (entry, mode) => this.#pickPart(entry, mode) });
    this.#ranking = new RankingView({
      label: "Groups that change, the largest change first",
      head: [this.#parts],
      draw: drawChange,
      onPick: (row, mode) => this.#pick(row, mode),
    });
    this.node = this.#ranking.node;
    context.chosen.onChange(() => this.#showChosen());
  }

  update(): void {
    const { table, missing, note } = this.#groups.read();
    this.#ranking.update({
      missing,
      summary: table ? groupsWords(table, this.#context.store.get("n_items")) : "",
      note,
      rows: table?.rows ?? NO_ROWS,
      total: table?.total ?? 0,
    });
    this.#showChosen();
  }

  destroy(): void {
    this.#legend.destroy();
    this.#ranking.destroy();
  }

  /** Colours a group by its parts; chosen again, it goes back to what was before. */
  #pick(change: GroupRow, mode: SelectMode): void {
    const { chosen, store, onSelect, onClear } = this.#context;
    const { row } = change;
    if (mode !== "replace") onSelect(store.answers.groupItems(row), mode);
    else if (chosen.now?.row === row) onClear();
    else {
      const title = `${change.name}: ${changeWords(change)}`;
      const asked = store.answers.groupParts(row).then((group) => {
        chosen.offer(group.items, { row, title, group });
        return group.items;
      });
      onSelect(asked, mode);
    }
  }

  #pickPart(entry: LegendEntry, mode: SelectMode): void {
    const { chosen, store, theme, onSelect } = this.#context;
    const { now } = chosen;
    if (!now) return;
    const coloring = partsColoring(now.group, now.title, store.get("n_items"), theme());
    const items = itemsOfEntry(coloring, entry);
    if (mode === "replace") chosen.offer(items, now);
    onSelect(items, mode);
  }

  #showChosen(): void {
    const { chosen, store, theme } = this.#context;
    const { now } = chosen;
    setShown(this.#parts, now !== null);
    this.#ranking.mark((row) => row.row === now?.row);
    if (!now) {
      this.#legend.node.remove();
      return;
    }
    // Taken off and put on again, it would lose the keyboard.
    if (!this.#legend.node.isConnected) this.#parts.append(this.#legend.node);
    const coloring = partsColoring(now.group, now.title, store.get("n_items"), theme());
    this.#legend.update({ legend: coloring.legend, noun: "part" });
  }
}

function drawChange(row: GroupRow): [content: HTMLElement[], title: string] {
  const { change, name, n_items, label, label_share, share_changed, evidence } = row;
  const side = change === "splits" || change === "dissolves" ? "a" : "b";
  const mostly = label ? `, ${percent(label_share)} ${label}` : "";
  const changed = `${percent(share_changed)} of its items changed`;
  return [
    [
      ...rowHead(name, n_items, null),
      h(
        "span",
        { class: "ew-change" },
        h("span", {}, `${changeWords(row)},`),
        h("span", {}, changed),
      ),
      rowTwins([[side, share_changed]]),
    ],
    `${name} (${plural(n_items, "item")}${mostly}): ${changeWords(row)}, ${changed}, ` +
      `evidence ${percent(evidence)}.`,
  ];
}
