/** Where both maps look: together, or each by itself. */

import {
  type Box,
  type Camera,
  cameraOn,
  HOME,
  type Insets,
  joinBoxes,
  leastZoom,
  look,
  occupiedBox,
  type Point,
  pan,
  withAir,
  ZOOM_MAX,
  zoomAt,
} from "./camera.ts";
import { boxToFit, coreBox } from "./fit.ts";
import { INSETS, type MapPane } from "./map.ts";
import type { Wanted } from "./seek.ts";

/** What is to be in sight stands clear of titles and edges. */
const CLEAR: Insets = { top: 56, right: 36, bottom: 52, left: 36 };

export class Cameras {
  isLocked = true;
  /** What the first view shows: what all points occupy, or what nearly all do. */
  box: Box = occupiedBox();
  #full: Box = this.box;
  #core: Box = this.box;
  readonly #panes: readonly MapPane[];
  /** The map that moved last; the other follows it when they are locked. */
  #leader: MapPane;

  constructor(panes: readonly MapPane[]) {
    this.#panes = panes;
    this.#leader = panes[0];
  }

  /** @param positions uint16 (n, 2) of each map; @returns what nearly all points occupy */
  fit(...positions: Uint16Array[]): Box {
    this.#full = occupiedBox(...positions);
    this.#core = coreBox(this.#full, ...positions);
    return this.#core;
  }

  setLocked(isLocked: boolean): void {
    this.isLocked = isLocked;
    if (isLocked) this.#turn(this.#leader, this.#leader.camera);
  }

  /** The maps have this size now, in CSS pixels. */
  resize(width: number, height: number): void {
    this.box = boxToFit(this.#full, this.#core, width, height, INSETS);
  }

  reset(): void {
    for (const pane of this.#panes) pane.camera = HOME;
  }

  pan(pane: MapPane, dx: number, dy: number): void {
    this.#turn(pane, pan(pane.camera, pane.view, dx, dy));
  }

  /** @param at what stays where it is; null = the middle */
  zoom(pane: MapPane, factor: number, at: Point | null): void {
    const { width, height } = pane.view;
    const still = at ?? { x: width / 2, y: height / 2 };
    const camera = zoomAt(pane.camera, pane.view, factor, still, this.#leastZoom());
    const view = look(camera, this.box, width, height, INSETS);
    // Nearer to nothing there is nothing to see.
    if (factor <= 1 || pane.holdsAny(view)) this.#turn(pane, camera);
  }

  /** Moves maps so that some items are in sight, as large as they can be or no nearer than now: all maps when they are locked. */
  bringIn(wanted: Wanted, isNear = false): void {
    const boxes = Array.from(wanted, ([pane, items]) => [pane, pane.boxOf(items)] as const);
    const all = boxes.map(([, box]) => box).reduce(joinBoxes);
    for (const [pane, own] of boxes) {
      const part = this.isLocked ? all : own;
      const box = isNear ? withAir(part, this.box) : part;
      const [zoom, least] = [isNear ? ZOOM_MAX : pane.camera.zoom, this.#leastZoom()];
      this.#turn(pane, cameraOn(box, zoom, this.box, pane.view, INSETS, CLEAR, least));
    }
  }

  #leastZoom(): number {
    return leastZoom(this.box, this.#full);
  }

  #turn(leader: MapPane, camera: Camera): void {
    this.#leader = leader;
    for (const pane of this.isLocked ? this.#panes : [leader]) pane.camera = camera;
  }
}
