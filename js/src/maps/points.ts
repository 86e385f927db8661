/** The points of both maps on one canvas: what they look like, and the WebGL context behind them. */

import { h } from "../ui/dom.ts";
import type { Theme } from "../ui/theme.ts";
import type { Box, Camera } from "./camera.ts";
import { crowding, pointStyle } from "./density.ts";
import { depthOrder, type Turn } from "./orbit.ts";
import { Pace } from "./pace.ts";
import type { Over } from "./program.ts";
import { drawingOrder, type Pass, Renderer, type Viewport } from "./renderer.ts";
import type { Ends } from "./travel.ts";

const SELECTED_GROWTH = 1.15;
/** Of the opacity of what is selected, while an item is in focus: its neighbours come first. */
const BESIDE_FOCUS = 0.4;

/** A handful of points among a million is seen from this on, in CSS pixels. */
const LIT_DIAMETER = 5;

/** Sorting more of them by their depth takes too long for a moving map. */
const SORTED_WHILE_MOVING = 60_000;

/** Maps that are about to be scrolled into view are drawn already. */
const NEAR = { rootMargin: "200px", scrollMargin: "200px" };

/** `own` is worn by points that have no colour yet, r g b; `dim` by those that are not selected. */
const PLAIN = {
  light: { own: [104, 117, 140], dim: [0.75, 0.775, 0.815, 0.8] },
  dark: { own: [139, 151, 171], dim: [0.34, 0.365, 0.42, 0.8] },
} as const;

/**
 * "ready" draws; "away" is out of sight and needs no context; "lost" had its graphics memory taken
 * away; "unsupported" has no WebGL2.
 */
export type PointsState = "ready" | "away" | "lost" | "unsupported";

/** A map on the canvas and how far it is zoomed. */
export interface Looking extends Viewport {
  readonly camera: Camera;
}

export interface PointsOptions {
  readonly n: number;
  /** The state changed; when it is "ready" again, a new frame is due. */
  onState(): void;
  /** A new frame is due: what was drawn before is a sample of the points. */
  onRest(): void;
}

export class PointsView {
  readonly node = h("div", { class: "ew-maps-points" });
  readonly #options: PointsOptions;
  readonly #pace: Pace;
  readonly #sight: IntersectionObserver;
  #off = new AbortController();
  /** Out of sight, as everything is at first. */
  #isAway = true;
  #gl: WebGL2RenderingContext | null = null;
  #renderer: Renderer | null = null;
  /** uint16 (n, n_components) of each map */
  #positions: Ends | null = null;
  /** 1 / what the nearest and the farthest are apart in depth; 0 = maps in 2-D. */
  #perDepth = 0;
  /** What each map was sorted for. */
  readonly #sorted: [Sorted | null, Sorted | null] = [null, null];
  #shuffled: Uint32Array | null = null;
  #crowding = 1;
  #codes: Uint8Array | null = null;
  #palette: Uint8Array | null = null;
  #mask: Uint8Array | null = null;
  #nSelected = 0;
  #lit: Uint32Array | null = null;
  #over: Over | null = null;
  #theme: Theme = "light";

  constructor(options: PointsOptions) {
    this.#options = options;
    this.#pace = new Pace(options.onRest);
    this.#sight = new IntersectionObserver((entries) => {
      this.#setAway(!entries[entries.length - 1].isIntersecting);
    }, NEAR);
    this.#sight.observe(this.node);
  }

  get state(): PointsState {
    if (this.#isAway) return "away";
    if (!this.#gl) return "unsupported";
    return this.#renderer ? "ready" : "lost";
  }

  /**
   * Where the points go to.
   *
   * @param from where they come from; null = they are there
   * @param seen their places in the unit square, uint16 (n, 2) of each map
   * @param box what they occupy there
   */
  setPositions(positions: Ends, from: Ends | null, seen: Ends, box: Box): void {
    this.#positions = positions;
    this.#perDepth =
      positions[0].length === 3 * this.#options.n ? 1 / (box.right - box.left || 1) : 0;
    this.#crowding = (crowding(seen[0], box) + crowding(seen[1], box)) / 2;
    this.#give(from);
  }

  /** @param codes palette index of each item, (n,); @param palette 256 colours, r g b a each */
  setColors(codes: Uint8Array, palette: Uint8Array): void {
    // Other colours of the same codes are a kilobyte, whatever the number of points.
    const isOther = codes !== this.#codes;
    this.#codes = codes;
    if (isOther) this.#renderer?.setCodes(codes);
    this.#palette = palette;
    this.#renderer?.setPalette(palette);
  }

  /** What is drawn over the points, in their context. */
  setOver(over: Over): void {
    this.#over = over;
    this.#renderer?.setOver(over);
  }

  /** @param mask (n,), 1 = selected; null = nothing is */
  setSelection(mask: Uint8Array | null): void {
    let count = 0;
    if (mask) for (let i = 0; i < mask.length; i++) count += mask[i];
    this.#nSelected = count;
    this.#mask = count > 0 ? mask : null;
    if (this.#mask) this.#renderer?.setSelected(this.#mask);
  }

  /**
   * The item in focus and its neighbours keep their colours; all else fades, and what is selected
   * does so by half. They are drawn last.
   *
   * @param items row positions; null = nothing is in focus
   * @returns whether they are others than before, so that a new frame is due
   */
  setLit(items: readonly number[] | null): boolean {
    const lit = items && Uint32Array.from(new Set(items)).sort();
    if (lit?.join() === this.#lit?.join()) return false;
    this.#lit = lit;
    if (lit) this.#renderer?.setLit(lit);
    this.#pace.hurry();
    return true;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    if (!this.#palette) this.#renderer?.setPalette(plainPalette(theme));
  }

  /** The maps move: fluid frames count for more than complete ones. */
  hurry(): void {
    this.#pace.hurry();
  }

  /** Whether the last frame may have been a sample, so that one more is to come. */
  get isHurried(): boolean {
    return this.#pace.isHurried;
  }

  /** Looks after the frame before; to be called in every animation frame until it returns false. */
  isBusy(): boolean {
    if (!this.#renderer?.isBusy()) this.#pace.end();
    return this.#pace.isWaiting;
  }

  /**
   * Draws both maps.
   *
   * @param width CSS pixels of both maps together
   * @param progress 0 = the points are where they came from, 1 = where they go to
   */
  draw(maps: readonly Looking[], width: number, height: number, progress: number): void {
    const renderer = this.#renderer;
    if (!renderer) return;
    const share = this.#pace.begin(this.#options.n);
    renderer.clear(width, height, devicePixelRatio);
    for (const map of this.#positions ? ([0, 1] as const) : []) {
      this.#sort(map, maps[map].turn, this.isHurried);
      const passes = this.#passes(maps[map], share);
      renderer.draw(map, maps[map], devicePixelRatio, passes, progress, share);
    }
    renderer.finish();
  }

  /** Draws all points at `ratio` pixels for one; returns what they stand on until the next frame. */
  paint(maps: readonly Looking[], width: number, height: number, ratio: number) {
    const renderer = this.#renderer;
    if (!renderer || !this.#positions) return null;
    renderer.clear(width, height, ratio);
    for (const map of [0, 1] as const) {
      this.#sort(map, maps[map].turn, false);
      renderer.draw(map, maps[map], ratio, this.#passes(maps[map], 1), 1, 1);
    }
    return this.#gl?.canvas ?? null;
  }

  /** Takes a new canvas: a context taken away for another canvas never comes back by itself. */
  reopen(): void {
    this.#close();
    this.#open();
    this.#options.onState();
  }

  destroy(): void {
    this.#sight.disconnect();
    this.#pace.destroy();
    this.#close();
  }

  /**
   * Browsers keep 16 contexts alive at most, and every widget on the page may want one: it is given
   * back for as long as nobody sees what it draws.
   */
  #setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    if (isAway) this.#close();
    else this.#open();
    this.#options.onState();
  }

  #open(): void {
    const canvas = h("canvas");
    this.#off = new AbortController();
    const { signal } = this.#off;
    const lost = (event: Event) => {
      // Without this the browser never gives the context back.
      event.preventDefault();
      this.#renderer = null;
      this.#options.onState();
    };
    const restored = () => {
      this.#build();
      this.#options.onState();
    };
    canvas.addEventListener("webglcontextlost", lost, { signal });
    canvas.addEventListener("webglcontextrestored", restored, { signal });
    this.#gl = canvas.getContext("webgl2", { antialias: false, depth: false });
    this.node.replaceChildren(canvas);
    this.#build();
  }

  /** A renderer on a new or returned context, from the arrays that are here. */
  #build(): void {
    const gl = this.#gl;
    this.#renderer = gl && !gl.isContextLost() ? new Renderer(gl, this.#options.n) : null;
    this.#renderer?.setPalette(this.#palette ?? plainPalette(this.#theme));
    if (this.#codes) this.#renderer?.setCodes(this.#codes);
    if (this.#mask) this.#renderer?.setSelected(this.#mask);
    if (this.#lit) this.#renderer?.setLit(this.#lit);
    if (this.#over) this.#renderer?.setOver(this.#over);
    this.#give(null);
  }

  #give(from: Ends | null): void {
    const [positions, perDepth] = [this.#positions, this.#perDepth];
    for (const map of positions ? ([0, 1] as const) : []) {
      if (positions)
        this.#renderer?.setPositions(map, positions[map], from?.[map] ?? null, perDepth);
      this.#sorted[map] = null;
    }
  }

  /** Draws the nearest points of a map in 3-D last, and those of one in 2-D as they come. */
  #sort(map: 0 | 1, turn: Turn, isMoving: boolean): void {
    const positions = this.#positions?.[map];
    const sorted = this.#sorted[map];
    if (!positions || (sorted?.turn === turn && (sorted.isExact || isMoving))) return;
    const isExact = this.#perDepth > 0 && !(isMoving && this.#options.n > SORTED_WHILE_MOVING);
    this.#sorted[map] = { turn, isExact: isExact || this.#perDepth === 0 };
    if (isExact) this.#shuffled ??= drawingOrder(this.#options.n);
    const order = isExact && this.#shuffled ? depthOrder(positions, turn, this.#shuffled) : null;
    this.#renderer?.setOrder(map, order);
  }

  #close(): void {
    this.#off.abort();
    this.#renderer = null;
    // Left to the garbage collector, it would count among those that are alive for a while.
    if (!this.#gl?.isContextLost()) this.#gl?.getExtension("WEBGL_lose_context")?.loseContext();
    this.#gl = null;
    this.node.replaceChildren();
  }

  #passes({ view, camera }: Looking, share: number): Pass[] {
    const area = (view.width * view.height) / this.#crowding;
    const all = pointStyle(this.#options.n * share, area, camera.zoom);
    const { dim } = PLAIN[this.#theme];
    const passes: Pass[] = [];
    if (this.#mask) {
      const few = pointStyle(this.#nSelected * share, area, camera.zoom);
      const opacity = few.opacity * (this.#lit ? BESIDE_FOCUS : 1);
      const selected = { diameter: all.diameter * SELECTED_GROWTH, opacity };
      passes.push({ points: "unselected", style: all, plain: dim });
      passes.push({ points: "selected", style: selected, plain: null });
    } else {
      // Faded, with their colours: whoever walks from item to item still sees what the map says.
      const opacity = all.opacity * (this.#lit ? BESIDE_FOCUS : 1);
      passes.push({ points: "all", style: { ...all, opacity }, plain: null });
    }
    if (this.#lit) {
      const { opacity } = pointStyle(this.#lit.length, area, camera.zoom);
      const lit = { diameter: Math.max(LIT_DIAMETER, all.diameter * SELECTED_GROWTH), opacity };
      passes.push({ points: "lit", style: lit, plain: null });
    }
    return passes;
  }
}

interface Sorted {
  readonly turn: Turn;
  /** Whether nothing is to be done once the map rests. */
  readonly isExact: boolean;
}

/** One colour for all, until colours come. */
function plainPalette(theme: Theme): Uint8Array {
  const [red, green, blue] = PLAIN[theme].own;
  const palette = new Uint8Array(256 * 4).fill(255);
  for (let i = 0; i < palette.length; i += 4) palette.set([red, green, blue], i);
  return palette;
}
