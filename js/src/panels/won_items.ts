/** Buttons that select the items where one space wins, and the other loses. */

import { h } from "../ui/dom.ts";
import { modeOf } from "../wire/selection.ts";
import type { PanelContext } from "./panel.ts";
import { wonBy } from "./selected.ts";

export function wonItems({ store, onSelect }: PanelContext, signal: AbortSignal): HTMLElement {
  const find = async (side: "a" | "b") => {
    const wins = await store.answers.columnAt("wins", store.get("k"));
    // A later k took the place of this one.
    return wins && "values" in wins ? wonBy(side, wins.values) : store.selection;
  };
  const buttons = (["a", "b"] as const).map((side) => {
    const [winner, loser] = side === "a" ? "AB" : "BA";
    const more = `have more of their own label among their neighbours in ${winner} than in ${loser}`;
    const title = `Select the items that ${more}. Shift adds, Alt removes.`;
    const name = `where ${loser} loses`;
    const attributes = { type: "button", class: "ew-button", "aria-label": name, title };
    const button = h("button", attributes, `${loser} loses`);
    button.addEventListener("click", (event) => onSelect(find(side), modeOf(event)), { signal });
    return button;
  });
  return h("div", { class: "ew-won" }, h("span", { class: "ew-muted" }, "items where"), buttons);
}
