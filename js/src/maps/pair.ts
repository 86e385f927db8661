/** The two maps side by side: one canvas for the points of both, an overlay on each. */

import { h } from "../ui/dom.ts";
import type { Theme } from "../ui/theme.ts";
import type { SelectMode } from "../wire/selection.ts";
import { Cameras } from "./cameras.ts";
import type { Gestures } from "./gestures.ts";
import { Hover } from "./hover.ts";
import type { Tool } from "./keys.ts";
import { listenTo } from "./listen.ts";
import { type Foot, MapPane, type Title } from "./map.ts";
import { MapNotes } from "./notes.ts";
import type { Neighbor } from "./overlay.ts";
import type { PairOptions } from "./pair_options.ts";
import { PointsView } from "./points.ts";
import { Preparation } from "./preparation.ts";
import type { Over } from "./program.ts";
import { type Focus, Seek } from "./seek.ts";
import { Travel } from "./travel.ts";
import { Wheel } from "./wheel.ts";

const STACK_BELOW_PX = 560;

export class PairView {
  readonly node = h("div", { class: "ew-maps" });
  /** In the upper right corner of map A. */
  readonly toolbarSlot: HTMLElement;
  /** And in that of map B. */
  readonly menuSlot: HTMLElement;
  readonly #options: PairOptions;
  readonly #panes = [
    new MapPane("a", () => this.resetView()),
    new MapPane("b", () => this.resetView()),
  ] as const;
  readonly #gestures: Gestures[];
  readonly #points: PointsView;
  readonly #notes: MapNotes;
  readonly #wheel: Wheel;
  readonly #seek = new Seek();
  readonly #off = new AbortController();
  readonly #resized: ResizeObserver;
  readonly #cameras = new Cameras(this.#panes);
  readonly #travel = new Travel();
  readonly #hover: Hover;
  #tool: Tool = "pan";
  #nComponents = 2;
  #frame = 0;
  readonly #preparation = new Preparation(this.#panes, () => this.#frame !== 0);
  /** Whether the points have to be drawn anew, and not the overlays alone. */
  #stale = false;
  /** Whether the marks of what is in focus have to be drawn anew. */
  #refocused = false;
  #drawn = false;
  /** Observed to have no size: in a tab that is not shown, for one. */
  #hidden = false;

  constructor(options: PairOptions) {
    this.#options = options;
    this.toolbarSlot = this.#panes[0].toolbarSlot;
    this.menuSlot = this.#panes[1].toolbarSlot;
    this.setHeight(options.height);
    this.#points = new PointsView({
      n: options.nItems,
      onState: () => this.#tell(),
      onRest: () => this.#redraw(),
    });
    this.#hover = new Hover(this.#panes, options.onHover);
    this.#notes = new MapNotes(() => this.#points.reopen());
    this.#wheel = new Wheel(this.node, (hint) => this.#notes.say(hint));
    const parts = { options, cameras: this.#cameras, seek: this.#seek, hover: this.#hover };
    const toldBy = {
      move: (turn: () => void) => this.#move(turn),
      reset: () => this.resetView(),
      schedule: () => this.#schedule(),
      isDeep: () => this.isDeep,
    };
    this.#gestures = this.#panes.map((pane) => listenTo(pane, this.#wheel, parts, toldBy));
    this.setTool("pan");
    const panes = this.#panes.map((pane) => pane.node);
    this.node.append(this.#points.node, ...panes, this.#notes.node, this.#notes.hint);
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

  /**
   * What the first view shows from the next positions on, whatever they are: all steps of a series,
   * so that the maps stand still while the points travel.
   *
   * @param frames uint16 (n, n_components) each; none = the first view is that of each positions
   */
  setExtent(frames: readonly Uint16Array[], nComponents = 2): void {
    this.#cameras.keep(frames, nComponents);
  }

  /**
   * Positions of all items on both maps, y upwards and z towards the viewer.
   *
   * @param a uint16 (n, n_components) in one unit square or cube with those of b
   * @param animate whether points travel there, from where they are now
   * @param nComponents 2, or 3 for maps that can be turned
   */
  setPositions(a: Uint16Array, b: Uint16Array, animate: boolean, nComponents = 2): void {
    const [{ positions: beforeA }, { positions: beforeB }] = this.#panes;
    if (!animate || !beforeA || !beforeB) this.#travel.end();
    else this.#travel.begin([beforeA, beforeB], [a, b], this.#options.nItems, this.#cameras.box);
    this.#cameras.fit([a, b], nComponents);
    this.#nComponents = nComponents;
    this.setTool(this.#tool);
    const seen = [a, b].map((positions, i) => this.#panes[i].setPositions(positions, nComponents));
    this.#points.setPositions([a, b], this.#travel.from, [seen[0], seen[1]], this.#cameras.core);
    this.#preparation.start();
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

  /** What is drawn over the points of both maps, in their context; it says itself when it is other. */
  setOver(over: Over): void {
    this.#points.setOver(over);
    this.#redraw();
  }

  /** What is drawn over the points is other than it was. */
  redraw(): void {
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
    this.#seek.setFocus(focus);
    this.#refocused = true;
    if (this.#points.setLit(focus && [focus.item, ...lists.flat()])) this.#redraw();
    this.#schedule();
  }

  /** Rings an item on both maps. */
  setHover(item: number | null): void {
    this.#hover.set(item);
    this.#schedule();
  }

  /** "orbit" waits, as "pan", for maps in 3-D. */
  setTool(tool: Tool): void {
    this.#tool = tool;
    const own = tool === "orbit" && !this.isDeep ? "pan" : tool;
    for (const gestures of this.#gestures) gestures.tool = own;
    this.node.dataset.tool = own;
  }

  /** Whether the maps are in 3-D, and can be turned. */
  get isDeep(): boolean {
    return this.#nComponents === 3;
  }

  /** What a lasso, a box and a click with them do where no key is held. */
  setMode(mode: SelectMode): void {
    for (const gestures of this.#gestures) gestures.mode = mode;
  }

  /** Gives the wheel back to the page, until a map is clicked again. */
  releaseWheel(): void {
    this.#wheel.release();
  }

  /** Whether both maps pan and zoom together. */
  setLocked(locked: boolean): void {
    this.#cameras.setLocked(locked);
    if (locked) this.#turned();
  }

  setTheme(theme: Theme): void {
    this.#points.setTheme(theme);
    this.#redraw();
  }

  /** What is said in place of points that will not come; null = they are computed. */
  setNote(text: string | null): void {
    if (this.#notes.setWaiting(text)) this.#tell();
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
    // Not by the style sheet alone: where a policy takes it away, a map would grow with its canvas.
    for (const pane of this.#panes) pane.surface.style.height = `${height}px`;
  }

  /** Back to the first view. */
  resetView(): void {
    this.#cameras.reset();
    this.#seek.drop();
    this.#redraw();
  }

  /** Draws both maps as they are, in CSS pixels. @param ratio pixels of the picture for each of them */
  paint(context: CanvasRenderingContext2D, ratio: number): void {
    const { width, height } = this.#layout();
    const points = this.#points.paint(this.#panes, width, height, ratio);
    if (points) context.drawImage(points, 0, 0, width, height);
    for (const pane of this.#panes) pane.paint(context);
    // The canvas has the pixels of the picture now, and not those of the screen.
    this.#redraw();
  }

  /** Brings items into sight, as large as they can be. */
  zoomTo(items: Uint32Array): void {
    const wanted = new Map(this.#panes.map((pane) => [pane, items]));
    this.#move(() => this.#cameras.bringIn(wanted, true));
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#preparation.stop();
    this.#resized.disconnect();
    this.#off.abort();
    for (const part of [...this.#gestures, ...this.#panes, this.#wheel, this.#notes]) {
      part.destroy();
    }
    this.#points.destroy();
    this.node.remove();
  }

  #tell(): void {
    const isWaiting = this.#panes[0].positions === null;
    this.node.dataset.state = this.#notes.tell(this.#points.state, isWaiting);
    this.#redraw();
  }

  /** A person moves the maps. */
  #move(turn: () => void): void {
    turn();
    this.#seek.drop();
    this.#turned();
    this.#preparation.start();
  }

  /** Several events may come before the next frame, so the view follows each of them at once. */
  #turned(): void {
    this.#layout();
    this.#points.hurry();
    this.#redraw();
  }

  /** Returns where the node is on the page. */
  #layout(): DOMRect {
    const origin = this.node.getBoundingClientRect();
    // Both maps have the same size.
    const { width, height } = this.#panes[0].surface.getBoundingClientRect();
    this.#cameras.resize(width, height);
    const box = this.#travel.boxTo(this.#cameras.box);
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
    const { from, progress } = this.#travel;
    if (progress < 1) this.#points.hurry();
    // A host that changes its theme lays the node out as nothing for a moment, too short to be
    // observed: the next frame draws. A hidden node draws when it is observed to be shown.
    const isAway = this.#points.state === "away";
    const visible = width > 0 && height > 0 && !isAway;
    const hasPlace = visible && progress === 1 && this.#panes[0].positions !== null;
    const wanted = hasPlace ? this.#seek.next(this.#panes, this.#cameras.isLocked) : null;
    if (wanted) {
      this.#cameras.bringIn(wanted);
      this.#turned();
    }
    const marksMoved = this.#stale || this.#refocused;
    this.#refocused = false;
    const moved = this.#stale && visible && !this.#points.isBusy();
    if (moved) this.#points.draw(this.#panes, width, height, progress);
    this.#stale &&= !moved;
    const isMoving = progress < 1 || this.#points.isHurried;
    this.#hover.look(moved, isMoving);
    for (const [i, pane] of this.#panes.entries()) {
      const place = (item: number) => pane.place(item, from?.[i] ?? null, progress);
      pane.overlay.draw(pane.positions && place, pane.view, marksMoved);
    }
    if (progress < 1) this.#stale = true;
    else if (!this.#stale) this.#travel.end();
    // What would have to look at all points of turned maps waits until they rest.
    if (progress === 1 && !(this.isDeep && isMoving)) {
      for (const pane of this.#panes) pane.tellOutside();
    }
    const atRest = !this.#stale && !this.#points.isBusy();
    if (atRest && hasPlace && (!isMoving || this.#panes[0].isReady))
      for (const pane of this.#panes) pane.tellNothing();
    // For whoever takes a picture: what is on the screen is not final yet.
    this.node.toggleAttribute("data-drawing", !atRest || this.#points.isHurried);
    if (!atRest && !this.#hidden && !isAway) this.#schedule();
    if (this.#drawn || !this.#panes[0].positions || !(isAway || (atRest && visible))) return;
    this.#drawn = true;
    this.#options.onDrawn();
  }
}
