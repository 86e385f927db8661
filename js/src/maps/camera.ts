/** Where a map looks: pan and zoom over the unit square, y upwards, with equal scales on both axes. */

/** Largest value of a quantised position; 65535 is the right and the upper edge of the unit square. */
export const POSITION_MAX = 65535;

export const ZOOM_MIN = 0.5;
export const ZOOM_MAX = 200;
/** Room around what is zoomed to, as a share of its extent, and at least of what the first view shows. */
const AIR = 0.08;
const LEAST_AIR = 0.02;

/** What the person did: an offset from the fitted view in units of the square, and a zoom relative to it. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The occupied part of the unit square. */
export interface Box {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
}

/** Room kept free around the box, in CSS pixels. */
export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** A point of a map in CSS pixels from its upper left corner, y downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Unit square -> CSS pixels of one map. */
export interface Transform extends Size {
  /** The place of the unit square in the middle of the map. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels for one unit. */
  readonly scale: number;
}

export const HOME: Camera = { x: 0, y: 0, zoom: 1 };

const UNIT: Box = { left: 0, bottom: 0, right: 1, top: 1 };

/** Smallest box around all points of all arrays; uint16 (n, 2) each. */
export function occupiedBox(...arrays: Uint16Array[]): Box {
  let left = Infinity;
  let bottom = Infinity;
  let right = -Infinity;
  let top = -Infinity;
  for (const positions of arrays) {
    for (let i = 0; i < positions.length; i += 2) {
      const x = positions[i];
      const y = positions[i + 1];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < bottom) bottom = y;
      if (y > top) top = y;
    }
  }
  if (right < left) return UNIT;
  return {
    left: left / POSITION_MAX,
    bottom: bottom / POSITION_MAX,
    right: right / POSITION_MAX,
    top: top / POSITION_MAX,
  };
}

/** The box on its way from one place to another, `share` 0..1. */
export function mixBoxes(from: Box, to: Box, share: number): Box {
  const mix = (a: number, b: number) => a + (b - a) * share;
  return {
    left: mix(from.left, to.left),
    bottom: mix(from.bottom, to.bottom),
    right: mix(from.right, to.right),
    top: mix(from.top, to.top),
  };
}

/** The view of `camera` on a map of this size; the camera HOME shows the whole box inside the insets. */
export function look(
  camera: Camera,
  box: Box,
  width: number,
  height: number,
  insets: Insets,
): Transform {
  const roomX = Math.max(1, width - insets.left - insets.right);
  const roomY = Math.max(1, height - insets.top - insets.bottom);
  const fitted = Math.min(roomX / (box.right - box.left), roomY / (box.top - box.bottom));
  // One point, or all in one place: any scale fits, so the whole square's is taken.
  const fit = Number.isFinite(fitted) ? fitted : Math.min(roomX, roomY);
  return {
    x: (box.left + box.right) / 2 + (insets.right - insets.left) / 2 / fit + camera.x,
    y: (box.bottom + box.top) / 2 + (insets.top - insets.bottom) / 2 / fit + camera.y,
    scale: fit * camera.zoom,
    width,
    height,
  };
}

export function toScreen(view: Transform, x: number, y: number): Point {
  return {
    x: view.width / 2 + (x - view.x) * view.scale,
    y: view.height / 2 - (y - view.y) * view.scale,
  };
}

export function toUnit(view: Transform, at: Point): Point {
  return {
    x: view.x + (at.x - view.width / 2) / view.scale,
    y: view.y - (at.y - view.height / 2) / view.scale,
  };
}

/** The camera after the map was dragged by (dx, dy) CSS pixels. */
export function pan(camera: Camera, view: Transform, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / view.scale, y: camera.y + dy / view.scale };
}

/**
 * The camera that has `part` of the square in the middle of the room inside `clear`: as near as
 * `zoom`, or farther away where not all of it would be seen.
 */
export function cameraOn(
  part: Box,
  zoom: number,
  box: Box,
  { width, height }: Size,
  insets: Insets,
  clear: Insets = insets,
  least = ZOOM_MIN,
): Camera {
  const fit = look(HOME, box, width, height, insets).scale;
  const roomX = Math.max(1, width - clear.left - clear.right) / fit;
  const roomY = Math.max(1, height - clear.top - clear.bottom) / fit;
  const whole = Math.min(roomX / (part.right - part.left), roomY / (part.top - part.bottom));
  const nearest = Math.max(least, Math.min(zoom, whole));
  const home = look({ x: 0, y: 0, zoom: nearest }, box, width, height, insets);
  return {
    x: (part.left + part.right) / 2 + (clear.right - clear.left) / 2 / home.scale - home.x,
    y: (part.bottom + part.top) / 2 + (clear.top - clear.bottom) / 2 / home.scale - home.y,
    zoom: nearest,
  };
}

/** `part` with room around it: a share of its extent, and some of the whole where it is a point. */
export function withAir(part: Box, whole: Box): Box {
  const airX = Math.max(AIR * (part.right - part.left), LEAST_AIR * (whole.right - whole.left));
  const airY = Math.max(AIR * (part.top - part.bottom), LEAST_AIR * (whole.top - whole.bottom));
  return {
    left: part.left - airX,
    right: part.right + airX,
    bottom: part.bottom - airY,
    top: part.top + airY,
  };
}

/** The smallest box around two. */
export function joinBoxes(one: Box, other: Box): Box {
  return {
    left: Math.min(one.left, other.left),
    bottom: Math.min(one.bottom, other.bottom),
    right: Math.max(one.right, other.right),
    top: Math.max(one.top, other.top),
  };
}

/** The part of the unit square's plane that a view shows. */
export function visibleBox(view: Transform): Box {
  const [halfX, halfY] = [view.width / 2 / view.scale, view.height / 2 / view.scale];
  return {
    left: view.x - halfX,
    bottom: view.y - halfY,
    right: view.x + halfX,
    top: view.y + halfY,
  };
}

/** The smallest zoom: everything can come into sight, however little of it `box` holds. */
export function leastZoom(box: Box, everything: Box): number {
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 1);
  const shareX = share(box.right - box.left, everything.right - everything.left);
  const shareY = share(box.top - box.bottom, everything.top - everything.bottom);
  return ZOOM_MIN * Math.min(shareX, shareY);
}

/** The camera after zooming by `factor` with the place under `at` held still. */
export function zoomAt(
  camera: Camera,
  view: Transform,
  factor: number,
  at: Point,
  least = ZOOM_MIN,
): Camera {
  const zoom = Math.min(ZOOM_MAX, Math.max(least, camera.zoom * factor));
  const still = 1 - camera.zoom / zoom;
  return {
    x: camera.x + ((at.x - view.width / 2) / view.scale) * still,
    y: camera.y - ((at.y - view.height / 2) / view.scale) * still,
    zoom,
  };
}
