/** One view of a widget: the layout, and the wires between the store and the views. */

import { type Coloring, plainColors } from "./color/color.ts";
import { PairView } from "./maps/pair.ts";
import { printed } from "./maps/paper.ts";
import { faithfulnessWords, mapFoot, missingFoot } from "./panels/figures.ts";
import { FocusPanel } from "./panels/focus.ts";
import { MapMenuPanel } from "./panels/map_menu.ts";
import { MapToolsPanel } from "./panels/map_tools.ts";
import { SelectionPanel } from "./panels/selection.ts";
import { SidePanel } from "./panels/side.ts";
import { type LoadSpaces, SpacesPlace } from "./panels/spaces_place.ts";
import { TooltipPanel } from "./panels/tooltip.ts";
import { WayBackPanel } from "./panels/way_back.ts";
import { h } from "./ui/dom.ts";
import { type Theme, watchTheme } from "./ui/theme.ts";
import { BannerView } from "./views/banner.ts";
import { HeaderView } from "./views/header.ts";
import { ProgressView } from "./views/progress.ts";
import { type SearchHits, SearchView } from "./views/search.ts";
import { StatusView } from "./views/status.ts";
import {
  AS_GIVEN,
  isCut,
  LINE_WORDS,
  receiving,
  reducerName,
  SAVED_PAGE,
  STOPPED_EARLY,
  stoppedBefore,
} from "./views/work.ts";
import type { LineState } from "./wire/line.ts";
import type { Side } from "./wire/model.ts";
import { combine, type SelectMode, toMask } from "./wire/selection.ts";
import type { Maps } from "./wire/several.ts";
import type { Store } from "./wire/store.ts";

const HITS = 20;
const NOTHING = new Uint32Array(0);

export class App {
  readonly #store: Store;
  readonly #root: HTMLElement;
  readonly #header: HeaderView;
  readonly #pair: PairView;
  readonly #tools: MapToolsPanel;
  readonly #side: SidePanel;
  readonly #focus: FocusPanel;
  readonly #selection: SelectionPanel;
  readonly #search: SearchView;
  readonly #status: StatusView;
  readonly #progress: ProgressView;
  readonly #banner: BannerView;
  readonly #tooltip: TooltipPanel;
  readonly #wayBack: WayBackPanel;
  readonly #menu: MapMenuPanel;
  readonly #spaces: SpacesPlace;
  readonly #stops: (() => void)[];
  /** An error of this page, beside the kernel's own in the trait `error`. */
  #failure = "";
  #line: LineState = "open";

  constructor(el: HTMLElement, store: Store, loadSpaces: LoadSpaces) {
    this.#store = store;
    // Header and footer of an article are no landmarks of the page.
    const named = { tabindex: -1, "aria-label": "Two spaces compared" };
    this.#root = h("article", { class: "ew-root", "data-key": store.get("key"), ...named });
    this.#pair = new PairView({
      height: store.get("height"),
      nItems: store.get("n_items"),
      onHover: (item, at) => this.#setHover(item, at),
      onFocus: (item) => store.set("focus", item),
      onSelect: (items, mode) => this.#select(items, mode),
      onClear: () => this.#wayBack.escape(),
      onTool: (tool) => this.#tools.choose(tool),
      onWalk: (step) => this.#wayBack.walk(step),
      onToggle: () => this.#wayBack.toggle(),
      onDrawn: () => store.drawn(),
    });
    this.#tools = new MapToolsPanel(this.#pair);
    this.#search = new SearchView({
      onSearch: (query) => this.#find(query),
      onPick: (item) => store.set("focus", item),
    });
    this.#header = new HeaderView({ onK: (k) => store.set("k", k), tools: [this.#search.node] });
    this.#side = new SidePanel(store, {
      onColors: (coloring) => this.#setColors(coloring),
      onSelect: (items, mode) => this.#select(items, mode),
      onClear: () => store.select(NOTHING),
      onError: (message) => this.#fail(message),
    });
    this.#focus = new FocusPanel(store, {
      onShow: (focus) => this.#pair.setFocus(focus),
      onHover: (item) => this.#setHover(item, null),
      onError: (message) => this.#fail(message),
    });
    this.#selection = new SelectionPanel(store, {
      onSelect: (items, mode) => this.#select(items, mode),
      onZoom: (items) => this.#pair.zoomTo(items),
      onHover: (item) => this.#setHover(item, null),
      onError: (message) => this.#fail(message),
    });
    this.#tooltip = new TooltipPanel(store, (message) => this.#fail(message));
    const shared = { root: this.#root, onError: (message: string) => this.#fail(message) };
    const onEscape = () => this.#pair.releaseWheel();
    this.#wayBack = new WayBackPanel(store, { ...shared, onEscape });
    this.#focus.stepsSlot.append(this.#wayBack.view.node);
    this.#focus.undoSlot.append(this.#wayBack.view.undo);
    const sentences = () => this.#header.sentences;
    this.#menu = new MapMenuPanel(store, { ...shared, pair: this.#pair, sentences });
    this.#pair.menuSlot.append(this.#menu.node);
    this.#spaces = new SpacesPlace(store, this.#pair, loadSpaces, shared.onError);
    this.#status = new StatusView({ onClear: () => store.select(NOTHING) });
    this.#progress = new ProgressView({ onCancel: () => store.cancel() });
    this.#banner = new BannerView({ onDismiss: () => this.#dismiss() });

    this.#root.append(
      this.#header.node,
      this.#banner.node,
      this.#spaces.node,
      this.#progress.node,
      h("div", { class: "ew-main" }, this.#pair.node, this.#side.node),
      h("div", { class: "ew-below" }, this.#selection.node, this.#focus.node),
      this.#status.node,
      this.#tooltip.node,
    );
    el.append(this.#root);
    // Calls back at once with the theme that the host has now.
    const stopTheme = watchTheme(this.#root, (theme) => this.#setTheme(theme));
    this.#stops = [stopTheme, printed(this.#pair), ...this.#connect()];
    this.#showAll();
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
    this.#pair.destroy();
    this.#tools.destroy();
    this.#search.destroy();
    this.#header.destroy();
    this.#side.destroy();
    this.#focus.destroy();
    this.#selection.destroy();
    this.#status.destroy();
    this.#progress.destroy();
    this.#banner.destroy();
    this.#tooltip.destroy();
    this.#wayBack.destroy();
    this.#menu.destroy();
    this.#spaces.destroy();
    this.#root.remove();
  }

  #connect(): (() => void)[] {
    const { events } = this.#store;
    const watch = this.#store.watch.bind(this.#store);
    return [
      watch(["k", "k_max", "curve", "mean_shared", "chance", "quality", "numbers"], () =>
        this.#showHeader(),
      ),
      watch(["space_a", "space_b", "label", "progress"], () => this.#showHeader()),
      watch(["faithfulness", "numbers"], () => this.#showFaithfulness()),
      watch(["space_a", "space_b", "reducer", "as_given"], () => this.#showTitles()),
      watch(["focus", "k", "curve", "label"], () => void this.#focus.follow()),
      watch(["join_report", "image_note"], () => this.#showStatus()),
      watch(["progress", "error"], () => this.#showProgress()),
      watch(["curve", "numbers"], () => this.#showStatus()),
      watch(["error"], () => this.#showBanner()),
      watch(["height"], () => this.#pair.setHeight(this.#store.get("height"))),
      events.on("positions", (maps) => this.#showMaps(maps)),
      events.on("arriving", () => this.#showProgress()),
      events.on("failure", (message) => this.#fail(message)),
      events.on("selection", () => this.#showSelection()),
      events.on("line", (line) => {
        this.#line = line;
        this.#showBanner();
      }),
    ];
  }

  #showAll(): void {
    const { positions } = this.#store;
    if (positions) this.#showMaps({ ...positions, travel: false });
    this.#showHeader();
    this.#showTitles();
    this.#showFaithfulness();
    this.#showSelection();
    this.#showProgress();
    this.#showBanner();
    void this.#focus.follow();
  }

  #showMaps({ a, b, travel, nComponents }: Maps): void {
    const { frames } = this.#store.several;
    if (frames) this.#pair.setExtent(frames.of, frames.nComponents);
    this.#pair.setPositions(a, b, travel, nComponents);
    this.#tools.follow();
  }

  #showHeader(): void {
    const k = this.#store.get("k");
    this.#header.update({
      a: this.#store.get("space_a"),
      b: this.#store.get("space_b"),
      k,
      kMax: this.#store.get("k_max"),
      meanShared: this.#store.get("mean_shared")[k - 1],
      curve: this.#store.get("curve")[k - 1],
      chance: this.#store.get("chance"),
      quality: this.#store.get("quality"),
      qualityInfo: this.#store.get("numbers").quality,
      chanceInfo: this.#store.get("numbers").chance,
      hasLists: this.#store.hasLists,
      label: this.#store.get("label"),
      pending: this.#store.get("progress").step !== "",
    });
  }

  #showProgress(): void {
    const { arriving } = this.#store;
    const progress = this.#store.get("progress");
    // Nothing seems to be on its way when nothing is.
    this.#root.toggleAttribute("data-stopped", isCut(progress));
    this.#progress.update(arriving ? receiving(arriving) : progress, progress.step !== "");
    this.#pair.setNote(this.#isStopped() ? STOPPED_EARLY : null);
    this.#showStatus();
  }

  /** Whether the work was cancelled; what failed says so itself. */
  #isStopped(): boolean {
    return isCut(this.#store.get("progress")) && this.#store.get("error") === "";
  }

  #showTitles(): void {
    const drawn = reducerName(this.#store.get("reducer"));
    const title = (side: Side, more: string) => {
      const { name } = this.#store.get(`space_${side}`);
      const detail = this.#store.get("as_given").includes(side) ? AS_GIVEN : drawn + more;
      // A space without a name is called by the letter that the title begins with anyway.
      return { name: name === side.toUpperCase() ? "" : name, detail };
    };
    // Maps of several spaces are drawn on the same axes.
    const turned = this.#store.several.areThere ? "" : ", turned onto A";
    this.#pair.setTitles({ a: title("a", ""), b: title("b", turned) });
  }

  /** How far each map can be believed, below it. */
  #showFaithfulness(): void {
    const known = this.#store.get("faithfulness");
    const [mapA, mapB] = this.#store.several.kept;
    const { state, note } = this.#store.get("numbers").faithfulness;
    const missing = missingFoot({ state, note });
    this.#pair.setFeet({
      a: known ? faithfulnessWords(known.a) : (mapFoot(mapA) ?? missing),
      b: known ? faithfulnessWords(known.b) : (mapFoot(mapB) ?? missing),
    });
  }

  #showSelection(): void {
    const { selection } = this.#store;
    this.#pair.setSelection(
      selection.length > 0 ? toMask(selection, this.#store.get("n_items")) : null,
    );
    this.#showStatus();
  }

  #showStatus(): void {
    const [curve, reducer] = [this.#store.get("curve"), this.#store.get("reducer")];
    const missing = stoppedBefore({ curve, reducer, numbers: this.#store.get("numbers") });
    this.#status.update({
      note: this.#isStopped() ? `Stopped before ${missing}` : "",
      pictures: this.#store.get("image_note"),
      join: this.#store.get("join_report"),
      selected: this.#store.selection.length,
    });
  }

  #showBanner(): void {
    const isLost = this.#line !== "open" && !this.#store.positions;
    // What stands in for a widget that nobody draws any more is shown then.
    this.#root.toggleAttribute("data-lost", isLost);
    // Work that has ended has a map; who has none and hears of none was never there.
    const isSaved = isLost && this.#line === "silent" && this.#store.get("progress").step === "";
    const words = isSaved ? SAVED_PAGE : LINE_WORDS[this.#line];
    // Whatever else is wrong, a kernel that is gone is what a person has to know.
    const texts = [this.#line === "cut" && words, this.#store.get("error"), this.#failure, words];
    this.#banner.update(texts.find(Boolean) || "");
  }

  #setColors(coloring: Coloring | null): void {
    const { codes, palette } = coloring ?? plainColors(this.#store.get("n_items"));
    this.#pair.setColors(codes, palette);
    this.#spaces.setColors({ codes, palette });
    this.#focus.setColoring(coloring);
    this.#tooltip.setColoring(coloring);
    this.#menu.setColoring(coloring);
  }

  #setTheme(theme: Theme): void {
    this.#root.dataset.theme = theme;
    this.#pair.setTheme(theme);
    this.#side.setTheme(theme);
  }

  #select(items: Uint32Array, mode: SelectMode): void {
    this.#store.select(combine(this.#store.selection, items, mode));
  }

  /** The point under the pointer; from a table there is no place for a tooltip. */
  #setHover(item: number | null, at: { x: number; y: number } | null): void {
    this.#pair.setHover(item);
    this.#focus.setHover(item);
    const maps = this.#pair.node;
    const place = at && { x: maps.offsetLeft + at.x, y: maps.offsetTop + at.y };
    this.#tooltip.follow(item, place);
  }

  async #find(query: string): Promise<SearchHits> {
    const { items, total } = await this.#store.answers.search(query, HITS);
    const rows = await this.#store.rows(items);
    return { rows: items.flatMap((item) => rows.get(item) ?? []), total };
  }

  #fail(message: string): void {
    this.#failure = message;
    this.#showBanner();
  }

  #dismiss(): void {
    this.#failure = "";
    this.#line = "open";
    this.#store.set("error", "");
    this.#showBanner();
  }
}
