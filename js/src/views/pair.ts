/** The two maps side by side: one canvas for the points of both, an overlay on each. */

import {
  type Box,
  type Camera,
  HOME,
  mixBoxes,
  occupiedBox,
  type Point,
  pan,
  zoomAt,
} from "../camera.ts";
import { pointStyle } from "../density.ts";
import { Gestures, type Tool } from "../gestures.ts";
import type { SelectMode } from "../selection.ts";
import { MapPane, type Title } from "./map.ts";
import type { Neighbor } from "./overlay.ts";
import { Pace } from "./pace.ts";
import { type Pass, Renderer } from "./renderer.ts";

export type { Tool } from "../gestures.ts";
export type { SelectMode } from "../selection.ts";

const HOVER_PX = 8;
const TRAVEL_MS = 700;
/** Above, a travelling point cloud is too slow to be read as movement. */
const TRAVEL_MAX = 500_000;
const STACK_BELOW_PX = 560;
const SELECTED_GROWTH = 1.15;

const PLAIN = {
  light: { own: [104, 117, 140], dim: [0.67, 0.7, 0.75, 0.55] },
  dark: { own: [139, 151, 171], dim: [0.38, 0.41, 0.47, 0.55] },
} as const;

export interface PairOptions {
  /** CSS pixels of one map. */
  height: number;
  nItems: number;
  /** `at` is where the item's point lies, in CSS pixels from the upper left corner of the node. */
  onHover(item: number | null, at: Point | null): void;
  onFocus(item: number | null): void;
  /** What a lasso, a box or a click with shift or alt took up; ascending. */
  onSelect(items: Uint32Array, mode: SelectMode): void;
  onClear(): void;
  /** A tool was chosen by a key; it is in use when `setTool` says so. */
  onTool(tool: Tool): void;
}

/** The focused item and its neighbours in each space, nearest first. */
export interface Focus {
  readonly item: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
}

export class PairView {
  readonly node = document.createElement("div");
  /** In the upper right corner of map A. */
  readonly toolbarSlot: HTMLElement;
  readonly #options: PairOptions;
  readonly #panes = [new MapPane("a"), new MapPane("b")] as const;
  readonly #gestures: Gestures[];
  readonly #note = document.createElement("div");
  readonly #listening = new AbortController();
  readonly #resized: ResizeObserver;
  readonly #pace = new Pace(() => this.#redraw());
  #canvas: HTMLCanvasElement;
  #renderer: Renderer | null = null;
  #codes: Uint8Array | null = null;
  #palette: Uint8Array | null = null;
  #mask: Uint8Array | null = null;
  #nSelected = 0;
  #theme: "light" | "dark" = "light";
  #locked = true;
  /** The map that moved last; the other follows it when they are locked. */
  #leader: MapPane = this.#panes[0];
  #box: Box = occupiedBox();
  #travel: { from: readonly [Uint16Array, Uint16Array]; box: Box; start: number } | null = null;
  #hover: number | null = null;
  #pointer: { pane: MapPane; at: Point } | null = null;
  #frame = 0;
  #dirty = false;

  constructor(options: PairOptions) {
    this.#options = options;
    this.toolbarSlot = this.#panes[0].toolbarSlot;
    this.node.className = "ew-maps";
    this.setHeight(options.height);
    this.#note.className = "ew-maps-note";
    this.#note.setAttribute("role", "status");
    this.#canvas = this.#createCanvas();
    this.node.append(this.#canvas, ...this.#panes.map((pane) => pane.node), this.#note);
    this.#gestures = this.#panes.map((pane) => this.#listenTo(pane));
    this.#start();
    this.#resized = new ResizeObserver(([entry]) => {
      this.node.toggleAttribute("data-stacked", entry.contentRect.width < STACK_BELOW_PX);
      this.#redraw();
    });
    this.#resized.observe(this.node);
    // Zooming the page may change the pixel ratio and nothing else.
    window.addEventListener("resize", () => this.#redraw(), { signal: this.#listening.signal });
  }

  /** Positions of all items on both maps, uint16 (n, 2) each, y upwards. */
  setPositions(a: Uint16Array, b: Uint16Array, animate: boolean): void {
    const [before, now] = [this.#panes.map((pane) => pane.positions), [a, b]];
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const [fromA, fromB] = before;
    this.#travel =
      animate && !calm && fromA && fromB && this.#options.nItems <= TRAVEL_MAX
        ? { from: [fromA, fromB], box: this.#box, start: performance.now() }
        : null;
    this.#box = occupiedBox(a, b);
    for (const [i, pane] of this.#panes.entries()) {
      pane.setPositions(now[i]);
      this.#renderer?.setPositions(i as 0 | 1, now[i]);
    }
    this.#say();
    this.#redraw();
  }

  /** @param codes palette index of each item, (n,); @param palette 256 colours, r g b a each */
  setColors(codes: Uint8Array, palette: Uint8Array): void {
    this.#codes = codes;
    this.#renderer?.setCodes(codes);
    this.#palette = palette;
    this.#renderer?.setPalette(palette);
    this.#redraw();
  }

  /** @param mask (n,), 1 = selected; null = nothing is, and all points have their colours */
  setSelection(mask: Uint8Array | null): void {
    let count = 0;
    if (mask) for (let i = 0; i < mask.length; i++) count += mask[i];
    this.#nSelected = count;
    this.#mask = count > 0 ? mask : null;
    if (this.#mask) this.#renderer?.setSelected(this.#mask);
    this.#redraw();
  }

  /** The item whose neighbours are shown; lists may be empty until they are known. */
  setFocus(focus: Focus | null): void {
    const lists = [focus?.a ?? [], focus?.b ?? []];
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

  setTheme(theme: "light" | "dark"): void {
    this.#theme = theme;
    if (!this.#palette) this.#renderer?.setPalette(plainPalette(theme));
    this.#redraw();
  }

  setTitles(titles: { a: Title; b: Title }): void {
    this.#panes[0].setTitle(titles.a);
    this.#panes[1].setTitle(titles.b);
  }

  /** @param height CSS pixels of one map */
  setHeight(height: number): void {
    this.node.style.setProperty("--ew-map-height", `${height}px`);
  }

  /** Back to the view that shows all points. */
  resetView(): void {
    for (const pane of this.#panes) pane.camera = HOME;
    this.#redraw();
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#pace.destroy();
    this.#resized.disconnect();
    this.#listening.abort();
    for (const gestures of this.#gestures) gestures.destroy();
    // Browsers keep 16 contexts alive at most and would take one from another widget.
    this.#canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
    this.#renderer = null;
    this.node.remove();
  }

  #createCanvas(): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.className = "ew-maps-canvas";
    const { signal } = this.#listening;
    const lost = (event: Event) => {
      // Without this the browser never gives the context back.
      event.preventDefault();
      this.#renderer = null;
      this.#say();
    };
    canvas.addEventListener("webglcontextlost", lost, { signal });
    canvas.addEventListener("webglcontextrestored", () => this.#start(), { signal });
    return canvas;
  }

  /** Builds the renderer on a new or returned context from the arrays that are kept here. */
  #start(): void {
    const gl = this.#canvas.getContext("webgl2", { antialias: false, depth: false });
    this.#renderer = gl && !gl.isContextLost() ? new Renderer(gl, this.#options.nItems) : null;
    if (gl && this.#renderer) this.#upload(this.#renderer);
    this.#say();
    this.#redraw();
  }

  #upload(renderer: Renderer): void {
    renderer.setPalette(this.#palette ?? plainPalette(this.#theme));
    if (this.#codes) renderer.setCodes(this.#codes);
    if (this.#mask) renderer.setSelected(this.#mask);
    this.#travel = null;
    for (const [i, { positions }] of this.#panes.entries()) {
      if (positions) renderer.setPositions(i as 0 | 1, positions);
    }
  }

  /** Says why no points are to be seen, when none are. */
  #say(): void {
    const lost = this.#canvas.getContext("webgl2");
    let text = "";
    if (!lost) {
      text =
        "This browser cannot draw the maps: they need WebGL2. The tables below work without it.";
    } else if (!this.#renderer) {
      text = "The browser took the maps' graphics memory away.";
    } else if (!this.#panes[0].positions) {
      text = "Computing the first map…";
    }
    this.node.toggleAttribute("data-waiting", Boolean(lost) && !this.#panes[0].positions);
    this.#note.hidden = text === "";
    this.#note.textContent = text;
    if (lost && !this.#renderer) this.#note.append(this.#againButton());
  }

  /** The browser gives a context back after a driver's reset, but not one taken for another canvas. */
  #againButton(): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ew-button";
    button.textContent = "Draw again";
    button.addEventListener(
      "click",
      () => {
        const canvas = this.#createCanvas();
        this.#canvas.replaceWith(canvas);
        this.#canvas = canvas;
        this.#start();
      },
      { signal: this.#listening.signal },
    );
    return button;
  }

  #listenTo(pane: MapPane): Gestures {
    const { onFocus, onSelect, onClear, onTool } = this.#options;
    return new Gestures(pane.surface, {
      onPan: (dx, dy) => this.#turn(pane, pan(pane.camera, pane.view, dx, dy)),
      onZoom: (factor, at) => {
        const still = at ?? { x: pane.view.width / 2, y: pane.view.height / 2 };
        this.#turn(pane, zoomAt(pane.camera, pane.view, factor, still));
      },
      onReset: () => this.resetView(),
      onHover: (at) => {
        this.#pointer = at && { pane, at };
        if (at) this.#schedule();
        else this.#point(null);
      },
      onClick: (at, mode, reach) => {
        const item = pane.pick(at, reach);
        if (mode === "replace") onFocus(item);
        else if (item !== null) onSelect(Uint32Array.of(item), mode);
      },
      onDoubleClick: (at, reach) => {
        if (pane.pick(at, reach) === null) onClear();
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
    this.#pace.hurry();
    this.#redraw();
  }

  #layout(): void {
    const origin = this.node.getBoundingClientRect();
    const box = this.#travel ? mixBoxes(this.#travel.box, this.#box, this.#progress()) : this.#box;
    for (const pane of this.#panes) pane.layout(box, origin);
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

  #redraw(): void {
    this.#dirty = true;
    this.#schedule();
  }

  #schedule(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Share of the way that the points have travelled, eased at both ends. */
  #progress(): number {
    if (!this.#travel) return 1;
    const share = Math.min(1, (performance.now() - this.#travel.start) / TRAVEL_MS);
    return share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
  }

  #draw(): void {
    this.#frame = 0;
    const moved = this.#dirty;
    this.#layout();
    const progress = this.#progress();
    if (moved && !this.#drawPoints(progress)) this.#schedule();
    if (this.#pointer) this.#pick(this.#pointer, moved);
    const from = this.#travel?.from;
    for (const [i, pane] of this.#panes.entries()) {
      const origins = from ? from[i] : null;
      pane.overlay.draw(pane.positions && ((item) => pane.place(item, origins, progress)));
    }
    if (progress === 1) this.#travel = null;
    else this.#redraw();
  }

  #pick({ pane, at }: { pane: MapPane; at: Point }, moved: boolean): void {
    const item = pane.pick(at, HOVER_PX);
    if (item !== this.#hover || (moved && item !== null)) this.#point(item);
  }

  /** Returns whether it drew: while the graphics card is behind, frames are left out. */
  #drawPoints(progress: number): boolean {
    const renderer = this.#renderer;
    if (!renderer) return true;
    if (progress < 1) this.#pace.hurry();
    if (renderer.isBusy()) {
      this.#pace.wait();
      return false;
    }
    this.#dirty = false;
    const { width, height } = this.node.getBoundingClientRect();
    const share = this.#pace.share(this.#options.nItems);
    renderer.clear(width, height, devicePixelRatio);
    for (const [i, pane] of this.#panes.entries()) {
      if (!pane.positions) continue;
      renderer.draw(i as 0 | 1, pane, devicePixelRatio, this.#passes(pane, share), progress, share);
    }
    renderer.finish();
    return true;
  }

  #passes({ view, camera }: MapPane, share: number): Pass[] {
    const area = view.width * view.height;
    const all = pointStyle(this.#options.nItems * share, area, camera.zoom);
    if (!this.#mask) return [{ points: "all", style: all, plain: null }];
    const few = pointStyle(this.#nSelected * share, area, camera.zoom);
    const selected = { diameter: all.diameter * SELECTED_GROWTH, opacity: few.opacity };
    return [
      { points: "unselected", style: all, plain: PLAIN[this.#theme].dim },
      { points: "selected", style: selected, plain: null },
    ];
  }
}

/** Until colours come, all points are of one. */
function plainPalette(theme: "light" | "dark"): Uint8Array {
  const [red, green, blue] = PLAIN[theme].own;
  const palette = new Uint8Array(256 * 4).fill(255);
  for (let i = 0; i < palette.length; i += 4) palette.set([red, green, blue], i);
  return palette;
}
