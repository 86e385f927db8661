/** Beside the maps: colours, labels, groups and the curve, one of them at a time. */

import { ColorPanel, type ColorPanelOptions } from "../color/color_panel.ts";
import { h, setAttributes, setText } from "../ui/dom.ts";
import { messageOf } from "../ui/errors.ts";
import { TabsView } from "../views/tabs.ts";
import type { GroupRow, GroupTable, QualityTable } from "../wire/model.ts";
import type { SelectMode } from "../wire/selection.ts";
import type { Store } from "../wire/store.ts";
import { CurveView } from "./curve.ts";
import { groupsWords, type Missing, missingWords, verdictWords } from "./figures.ts";
import { drawChange } from "./groups.ts";
import { LabelsView } from "./labels.ts";
import { RankingView } from "./ranking.ts";

const NO_ROWS: GroupRow[] = [];

export class SidePanel {
  readonly node: HTMLElement;
  readonly colors: ColorPanel;
  readonly #store: Store;
  readonly #options: ColorPanelOptions;
  readonly #tabs: TabsView;
  readonly #labels: LabelsView;
  readonly #groups: RankingView<GroupRow>;
  readonly #curve: CurveView;
  readonly #verdict = h("p");
  readonly #note = h("p", { class: "ew-note" });
  #shown = 0;
  #quality: QualityTable | null = null;
  #changes: GroupTable | null = null;
  /** A click that is answered late is not to undo a later one. */
  #latest = 0;

  constructor(store: Store, options: ColorPanelOptions) {
    this.#store = store;
    this.#options = options;
    this.colors = new ColorPanel(store, options);
    this.#labels = new LabelsView({
      onPick: (code, mode) => this.#pick(store.answers.labelItems(code), mode),
    });
    this.#groups = new RankingView({
      label: "Groups that change, the largest change first",
      head: [],
      draw: drawChange,
      onPick: ({ row }, mode) => this.#pick(store.answers.groupItems(row), mode),
    });
    this.#curve = new CurveView({ onK: (k) => store.set("k", k) });
    const curve = h("div", { class: "ew-panel" }, this.#curve.node, this.#verdict, this.#note);
    const tabs = {
      Colours: this.colors.node,
      Labels: this.#labels.node,
      Groups: this.#groups.node,
      Curve: curve,
    };
    const onShow = (index: number) => {
      this.#shown = index;
      this.update();
    };
    this.#tabs = new TabsView({ label: "Numbers", tabs, onShow });
    const panels = Object.values(tabs);
    this.node = h("aside", { class: "ew-side", "aria-label": "Numbers" }, this.#tabs.node, panels);
  }

  /** Brings the tab that is open up to the traits, and asks for what it shows. */
  update(): void {
    if (this.#shown === 1) this.#showLabels();
    if (this.#shown === 2) this.#showGroups();
    if (this.#shown === 3) this.#showCurve();
  }

  destroy(): void {
    this.#latest++;
    for (const view of [this.#tabs, this.colors, this.#labels, this.#groups, this.#curve]) {
      view.destroy();
    }
  }

  #showLabels(): void {
    const table = this.#quality;
    const { note } = this.#store.get("numbers").quality;
    const ask = () => this.#store.answers.quality().then((found) => (this.#quality = found));
    this.#labels.update({ missing: this.#missing("quality", table, ask), table, note });
  }

  #showGroups(): void {
    const table = this.#changes;
    const { note } = this.#store.get("numbers").groups;
    const ask = () => this.#store.answers.groups().then((found) => (this.#changes = found));
    this.#groups.update({
      missing: this.#missing("groups", table, ask),
      summary: table ? groupsWords(table, this.#store.get("n_items")) : "",
      note,
      rows: table?.rows ?? NO_ROWS,
      total: table?.total ?? 0,
    });
  }

  #showCurve(): void {
    const [k, curve] = [this.#store.get("k"), this.#store.get("curve")];
    const [chance, numbers] = [this.#store.get("chance"), this.#store.get("numbers")];
    this.#curve.update({ k, curve, within: chance?.within ?? null });
    const verdict = verdictWords(chance, k).join(". Shared classes alone would give ");
    setText(this.#verdict, verdict && `${verdict}.`);
    setText(this.#note, missingWords(numbers.chance)?.text ?? numbers.chance.note);
    setAttributes(this.#note, { "data-state": numbers.chance.state });
  }

  /** Why there is no table. One that the kernel has and this page has not is asked for. */
  #missing(
    name: "quality" | "groups",
    table: unknown,
    ask: () => Promise<unknown>,
  ): Missing | null {
    const missing = missingWords(this.#store.get("numbers")[name]);
    if (missing || table) return missing;
    this.#wait(ask(), () => this.update());
    return missingWords({ state: "coming", note: "" });
  }

  #wait<T>(asked: Promise<T>, take: (answer: T) => void): void {
    asked.then(take).catch((error) => this.#options.onError(messageOf(error)));
  }

  #pick(asked: Promise<Uint32Array>, mode: SelectMode): void {
    const turn = ++this.#latest;
    this.#wait(asked, (items) => {
      if (turn === this.#latest) this.#options.onSelect(items, mode);
    });
  }
}
