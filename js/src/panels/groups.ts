/** A group that one space has and the other has not, as a row. */

import { h } from "../ui/dom.ts";
import { percent, plural } from "../ui/format.ts";
import type { GroupRow } from "../wire/model.ts";
import { changeWords } from "./figures.ts";
import { rowBars, rowHead } from "./ranking.ts";

export function drawChange(row: GroupRow): [content: HTMLElement[], title: string] {
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
