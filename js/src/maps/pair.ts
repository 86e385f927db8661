/** The two maps side by side: one canvas for the points of both, an overlay on each. */

import { h, setShown } from "../ui/dom.ts";
import type { Theme } from "../ui/theme.ts";
import type { SelectMode } from "../wire/selection.ts";
import type { Box, Camera, Point } from "./camera.ts";
import { HOME, leastZoom, occupiedBox, pan, zoomAt } from "./camera.ts";
import { boxToFit, coreBox } from "./fit.ts";
import { Gestures, type Tool } from "./gestures.ts";
import { type Foot, INSETS, MapPane, type Title } from "./map.ts";
import type { Neighbor } from "./overlay.ts";
import { PointsView } from "./points.ts";
import { mayTravel, Travel } from "./travel.ts";
import { boxAround, cameraOn } from "./zoom.ts";

const HOVER_PX = 8;
/** Nothing is drawn for this long: a pause to make ready what a hover needs. */
const IDLE_MS = 200;
const STACK_BELOW_PX = 560;

export interface PairOptions {
  /** CSS pixels of one map. */
  height: number;
  nItems: number;
  /** `at` is where the item's point lies, in CSS pixels from the upper left corner of the node. */
  onHover(item: number | null, at: Point | null): void;
  /** A point was clicked, or the empty map. */
  onFocus(item: number | null): void;
  /** What a lasso, a box or a click with shift or alt took up; ascending. */
  onSelect(items: Uint32Array, mode: SelectMode): void;
  onClear(): void;
  /** A tool was chosen by a key; it is in use when `setTool` says so. */
  onTool(tool: Tool): void;
  /** The maps are on the screen for the first time, or would be if they were in sight. */
  onDrawn(): void;
}

/** The focused item and its neighbours in each space, nearest first. */
export interface Focus {
  readonly item: number;
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
}

export class PairView {
  readonly node = h("div", { class: "ew-maps" });
  /** In the upper right corner of map A. */
  readonly toolbarSlot: HTMLElement;
  readonly #options: PairOptions;
  readonly #panes = [new MapPane("a"), new MapPane("b")] as const;
  readonly #gestures: Gestures[];
  readonly #points: PointsView;
  readonly #note = h("div", { class: "ew-maps-note", role: "status" });
  readonly #off = new AbortController();
  readonly #resized: ResizeObserver;
  #locked = true;
  /** The map that moved last; the other follows it when they are locked. */
  #leader: MapPane = this.#panes[0];
  /** What all points occupy, and what nearly all do. */
  #full: Box = occupiedBox();
  #core: Box = this.#full;
  /** What the first view shows; one of the two. */
  #box: Box = this.#full;
  #travel: Travel | null = null;
  #hover: number | null = null;
  #pointer: { pane: MapPane; at: Point } | null = null;
  #frame = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  /** Whether the points have to be drawn anew, and not the overlays alone. */
  #stale = false;
  /** Stands where the points are to come; null = they are computed. */
  #waitingNote: string | null = null;
  #drawn = false;
  /** Observed to have no size: in a tab that is not shown, for one. */
  #hidden = false;

  constructor(options: PairOptions) {
    this.#options = options;
    this.toolbarSlot = this.#panes[0].toolbarSlot;
    this.setHeight(options.height);
    this.#points = new PointsView({
      n: options.nItems,
      onState: () => this.#tell(),
      onRest: () => this.#redraw(),
    });
    this.#gestures = this.#panes.map((pane) => this.#listenTo(pane));
    this.setTool("pan");
    this.node.append(this.#points.node, ...this.#panes.map((pane) => pane.node), this.#note);
    this.#tell();
    this.#resized = new ResizeObserver(([entry]) => {
      this.#hidden = entry.contentRect.width === 0 || entry.contentRect.height === 0;
      this.node.toggleAttribute("data-stacked", entry.contentRect.width < STACK_BELOW_PX);
      this.#redraw();
    });
    this.#resized.observe(this.node);
    // Zooming the page may change the pixel ratio and nothing else.
    window.addEventListener("resize", () => this.#redraw(), { signal: this.#off.signal });
  }

  /** Positions of all items on both maps, uint16 (n, 2) each, y upwards. */
  setPositions(a: Uint16Array, b: Uint16Array, animate: boolean): void {
    const [{ positions: fromA }, { positions: fromB }] = this.#panes;
    const travels = animate && fromA && fromB && mayTravel(this.#options.nItems);
    this.#travel = travels ? new Travel([fromA, fromB], this.#box) : null;
    this.#full = occupiedBox(a, b);
    this.#core = coreBox(this.#full, a, b);
    this.#panes[0].setPositions(a);
    this.#panes[1].setPositions(b);
    this.#points.setPositions([a, b], this.#core);
    this.#prepareLater(0);
    this.#tell();
  }

  /** @param codes palette index of each item, (n,); @param palette 256 colours, r g b a each */
  setColors(codes: Uint8Array, palette: Uint8Array): void {
    this.#points.setColors(codes, palette);
    // A slider or a brush is likely to move on: what keeps a moving map fluid serves it too.
    this.#points.hurry();
    this.#redraw();
  }

  /** @param mask (n,), 1 = selected; null = nothing is, and all points have their colours */
  setSelection(mask: Uint8Array | null): void {
    this.#points.setSelection(mask);
    this.#points.hurry();
    this.#redraw();
  }

  /** The item whose neighbours are shown; lists may be empty until they are known. */
  setFocus(focus: Focus | null): void {
    const lists = [Array.from(focus?.a ?? []), Array.from(focus?.b ?? [])];
    for (const [i, pane] of this.#panes.entries()) {
      const other = new Set(lists[1 - i]);
      const neighbors: Neighbor[] = lists[i].map((item) => ({ item, shared: other.has(item) }));
      pane.overlay.setFocus(focus?.item ?? null, neighbors);
    }
    this.#schedule();
  }

  /** Rings an item on both maps. */
  setHover(item: number | null): void {
    this.#hover = item;
    for (const pane of this.#panes) pane.overlay.setHover(item);
    this.#schedule();
  }

  setTool(tool: Tool): void {
    for (const gestures of this.#gestures) gestures.tool = tool;
    this.node.dataset.tool = tool;
  }

  /** Whether both maps pan and zoom together. */
  setLocked(locked: boolean): void {
    this.#locked = locked;
    if (locked) this.#turn(this.#leader, this.#leader.camera);
  }

  setTheme(theme: Theme): void {
    this.#points.setTheme(theme);
    this.#redraw();
  }

  /** What is said in place of points that will not come; null = they are computed. */
  setNote(text: string | null): void {
    if (text === this.#waitingNote) return;
    this.#waitingNote = text;
    this.#tell();
  }

  setTitles(titles: { a: Title; b: Title }): void {
    this.#panes[0].setTitle(titles.a);
    this.#panes[1].setTitle(titles.b);
  }

  /** What stands below each map; null = nothing. */
  setFeet(feet: { a: Foot | null; b: Foot | null }): void {
    this.#panes[0].setFoot(feet.a);
    this.#panes[1].setFoot(feet.b);
  }

  /** @param height CSS pixels of one map */
  setHeight(height: number): void {
    this.node.style.setProperty("--ew-map-height", `${height}px`);
  }

  /** Back to the first view. */
  resetView(): void {
    for (const pane of this.#panes) pane.camera = HOME;
    this.#redraw();
  }

  /** Brings items into sight, as large as they can be. */
  zoomTo(items: Uint32Array): void {
    const least = leastZoom(this.#box, this.#full);
    for (const pane of this.#panes) {
      const panes = this.#locked ? this.#panes : [pane];
      const box = boxAround(items, ...panes.flatMap(({ positions }) => positions ?? []));
      this.#turn(pane, cameraOn(box, this.#box, pane.view, INSETS, least));
    }
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#idle);
    this.#resized.disconnect();
    this.#off.abort();
    for (const gestures of this.#gestures) gestures.destroy();
    this.#points.destroy();
    this.node.remove();
  }

  /** Builds one map's index after the other in pauses, so that neither holds a frame up. */
  #prepareLater(i: number): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#frame !== 0) return this.#prepareLater(i);
      this.#panes[i].prepare();
      if (i === 0) this.#prepareLater(1);
    }, IDLE_MS);
  }

  /** Says why no points are to be seen, when none are. */
  #tell(): void {
    const waiting = this.#panes[0].positions === null;
    const { state } = this.#points;
    let text = "";
    if (state === "unsupported") text = "The maps need WebGL2, which this browser does not offer.";
    else if (state === "lost") text = "The browser took the maps' graphics memory away.";
    else if (waiting) text = this.#waitingNote ?? "Computing the first map…";
    const isWell = state === "ready" || state === "away";
    this.node.dataset.state = isWell && waiting ? "waiting" : state;
    setShown(this.#note, text !== "");
    this.#note.replaceChildren(text);
    if (state === "lost") this.#note.append(this.#reopenButton());
    this.#redraw();
  }

  #reopenButton(): HTMLButtonElement {
    const button = h("button", { type: "button", class: "ew-button" }, "Draw again");
    const { signal } = this.#off;
    button.addEventListener("click", () => this.#points.reopen(), { signal });
    return button;
  }

  #listenTo(pane: MapPane): Gestures {
    const { onFocus, onSelect, onClear, onTool } = this.#options;
    return new Gestures(pane.surface, {
      onPan: (dx, dy) => this.#turn(pane, pan(pane.camera, pane.view, dx, dy)),
      onZoom: (factor, at) => {
        const least = leastZoom(this.#box, this.#full);
        const still = at ?? { x: pane.view.width / 2, y: pane.view.height / 2 };
        this.#turn(pane, zoomAt(pane.camera, pane.view, factor, still, least));
      },
      onReset: () => this.resetView(),
      onHover: (at) => {
        this.#pointer = at && { pane, at };
        if (at) this.#schedule();
        else this.#point(null);
      },
      onClick: (at, mode, radius) => {
        const item = pane.pick(at, radius);
        if (mode === "replace") onFocus(item);
        else if (item !== null) onSelect(Uint32Array.of(item), mode);
      },
      onDoubleClick: (at, radius) => {
        if (pane.pick(at, radius) === null) onClear();
      },
      onShape: (corners, mode) => pane.overlay.drawShape(corners, mode),
      onSelect: (corners, mode) => onSelect(pane.inside(corners), mode),
      onClear,
      onTool,
    });
  }

  /** Several events may come before the next frame, so the view follows each of them at once. */
  #turn(leader: MapPane, camera: Camera): void {
    this.#leader = leader;
    for (const pane of this.#locked ? this.#panes : [leader]) pane.camera = camera;
    this.#layout();
    this.#points.hurry();
    this.#redraw();
  }

  /** Returns where the node is on the page. */
  #layout(): DOMRect {
    const origin = this.node.getBoundingClientRect();
    // Both maps have the same size.
    const { width, height } = this.#panes[0].surface.getBoundingClientRect();
    this.#box = boxToFit(this.#full, this.#core, width, height, INSETS);
    const box = this.#travel?.boxTo(this.#box) ?? this.#box;
    for (const pane of this.#panes) pane.layout(box, origin);
    return origin;
  }

  #redraw(): void {
    this.#stale = true;
    this.node.toggleAttribute("data-drawing", true);
    this.#schedule();
  }

  #schedule(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const { width, height } = this.#layout();
    const progress = this.#travel?.progress ?? 1;
    if (progress < 1) this.#points.hurry();
    // A host that changes its theme lays the node out as nothing for a moment, too short to be
    // observed: the next frame draws. A hidden node draws when it is observed to be shown.
    const isAway = this.#points.state === "away";
    const visible = width > 0 && height > 0 && !isAway;
    const moved = this.#stale && visible && !this.#points.isBusy();
    if (moved) this.#points.draw(this.#panes, width, height, progress);
    this.#stale &&= !moved;
    if (this.#pointer) this.#pick(this.#pointer, moved);
    for (const [i, pane] of this.#panes.entries()) {
      const from = this.#travel?.from[i] ?? null;
      const place = (item: number) => pane.place(item, from, progress);
      pane.overlay.draw(pane.positions && place, pane.view);
    }
    if (progress === 1) for (const pane of this.#panes) pane.tellOutside();
    if (progress < 1) this.#stale = true;
    else if (!this.#stale) this.#travel = null;
    const atRest = !this.#stale && !this.#points.isBusy();
    // For whoever takes a picture: what is on the screen is not final yet.
    this.node.toggleAttribute("data-drawing", !atRest || this.#points.isHurried);
    if (!atRest && !this.#hidden && !isAway) this.#schedule();
    if (this.#drawn || !this.#panes[0].positions || !(isAway || (atRest && visible))) return;
    this.#drawn = true;
    this.#options.onDrawn();
  }

  #pick({ pane, at }: { pane: MapPane; at: Point }, moved: boolean): void {
    const item = pane.pick(at, HOVER_PX);
    if (item !== this.#hover || (moved && item !== null)) this.#point(item);
  }

  /** The pointer's item changed, or its place on the screen did. */
  #point(item: number | null): void {
    if (item === null && this.#hover === null) return;
    this.setHover(item);
    const pane = this.#pointer?.pane;
    const at = item === null ? null : pane?.place(item, null, 1);
    if (pane && at) this.#options.onHover(item, { x: at.x + pane.left, y: at.y + pane.top });
    else this.#options.onHover(null, null);
  }
}
