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
  type Point,
  pan,
  withAir,
  ZOOM_MAX,
  zoomAt,
} from "./camera.ts";
import { boxToFit, type Extent, extentOf } from "./fit.ts";
import { INSETS, type MapPane } from "./map.ts";
import { FLAT, FRONT, type Orbit, turnedBy, turnOf } from "./orbit.ts";
import type { Wanted } from "./seek.ts";

/** What is to be in sight stands clear of titles and edges. */
const CLEAR: Insets = { top: 56, right: 36, bottom: 52, left: 36 };

/** Maps of which all are to have room in the first view. */
interface Whole {
  readonly arrays: readonly Uint16Array[];
  readonly nComponents: number;
}

export class Cameras {
  isLocked = true;
  /** What the first view shows: what all points occupy, or what nearly all do. */
  box: Box;
  #extent: Extent = extentOf([], 2);
  #whole: Whole | null = null;
  /** What the extent was made of, if it was not the maps at hand. */
  #fitted: Whole | null = null;
  #isDeep = false;
  readonly #panes: readonly MapPane[];
  /** The map that moved last; the other follows it when they are locked. */
  #leader: MapPane;

  constructor(panes: readonly MapPane[]) {
    this.#panes = panes;
    this.#leader = panes[0];
    this.box = this.#extent.full;
  }

  /**
   * What the first view shows from the next `fit` on, whatever comes later.
   *
   * @param arrays positions of all maps that are to come; none = of each as it comes
   */
  keep(arrays: readonly Uint16Array[], nComponents: number): void {
    if (arrays === this.#whole?.arrays && nComponents === this.#whole.nComponents) return;
    this.#whole = arrays.length > 0 ? { arrays, nComponents } : null;
  }

  /** @param arrays positions of the maps at hand, uint16 (n, n_components) each */
  fit(arrays: readonly Uint16Array[], nComponents: number): void {
    const whole = this.#whole?.nComponents === nComponents ? this.#whole : null;
    if (whole && whole === this.#fitted) return;
    this.#fitted = whole;
    this.#isDeep = nComponents === 3;
    this.#extent = extentOf(whole?.arrays ?? arrays, nComponents);
    for (const pane of this.#panes) this.#face(pane, pane.orbit);
  }

  /** What nearly all points occupy. */
  get core(): Box {
    return this.#extent.core;
  }

  setLocked(isLocked: boolean): void {
    this.isLocked = isLocked;
    if (!isLocked) return;
    this.#look(this.#leader, this.#leader.camera);
    this.#faceFrom(this.#leader, this.#leader.orbit);
  }

  /** The maps have this size now, in CSS pixels. */
  resize(width: number, height: number): void {
    this.box = boxToFit(this.#extent.full, this.#extent.core, width, height, INSETS);
  }

  reset(): void {
    for (const pane of this.#panes) {
      pane.camera = HOME;
      this.#face(pane, FRONT);
    }
  }

  /** Turns maps in 3-D by a drag over (dx, dy) CSS pixels. */
  orbit(pane: MapPane, dx: number, dy: number): void {
    this.#faceFrom(pane, turnedBy(pane.orbit, dx, dy));
  }

  pan(pane: MapPane, dx: number, dy: number): void {
    this.#look(pane, pan(pane.camera, pane.view, dx, dy));
  }

  /** @param at what stays where it is; null = the middle */
  zoom(pane: MapPane, factor: number, at: Point | null): void {
    const { width, height } = pane.view;
    const still = at ?? { x: width / 2, y: height / 2 };
    const camera = zoomAt(pane.camera, pane.view, factor, still, this.#leastZoom());
    const view = look(camera, this.box, width, height, INSETS);
    // Nearer to nothing there is nothing to see.
    if (factor <= 1 || pane.holdsAny(view)) this.#look(pane, camera);
  }

  /** Moves maps so that some items are in sight, as large as they can be or no nearer than now: all maps when they are locked. */
  bringIn(wanted: Wanted, isNear = false): void {
    const boxes = Array.from(wanted, ([pane, items]) => [pane, pane.boxOf(items)] as const);
    const all = boxes.map(([, box]) => box).reduce(joinBoxes);
    for (const [pane, own] of boxes) {
      const part = this.isLocked ? all : own;
      const box = isNear ? withAir(part, this.box) : part;
      const [zoom, least] = [isNear ? ZOOM_MAX : pane.camera.zoom, this.#leastZoom()];
      this.#look(pane, cameraOn(box, zoom, this.box, pane.view, INSETS, CLEAR, least));
    }
  }

  #leastZoom(): number {
    return leastZoom(this.box, this.#extent.full);
  }

  #look(leader: MapPane, camera: Camera): void {
    for (const pane of this.#led(leader)) pane.camera = camera;
  }

  #faceFrom(leader: MapPane, orbit: Orbit): void {
    for (const pane of this.#led(leader)) this.#face(pane, orbit);
  }

  #led(leader: MapPane): readonly MapPane[] {
    this.#leader = leader;
    return this.isLocked ? this.#panes : [leader];
  }

  #face(pane: MapPane, orbit: Orbit): void {
    pane.orbit = orbit;
    pane.turn = this.#isDeep ? turnOf(orbit, this.#extent.middle) : FLAT;
  }
}
