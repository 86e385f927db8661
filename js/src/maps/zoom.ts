/** Cameras that bring some of the items into sight, as large as they can be. */

import { type Box, type Camera, HOME, type Insets, look, occupiedBox, ZOOM_MAX } from "./camera.ts";

/** Room around them, as a share of their extent, and at least of what the first view shows. */
const AIR = 0.08;
const LEAST_AIR = 0.02;

/** Smallest box around items on one of the maps or several; uint16 (n, 2) each. */
export function boxAround(items: Uint32Array, ...maps: Uint16Array[]): Box {
  const near = maps.map((positions) => {
    const found = new Uint16Array(2 * items.length);
    for (let i = 0; i < items.length; i++) {
      found[2 * i] = positions[2 * items[i]];
      found[2 * i + 1] = positions[2 * items[i] + 1];
    }
    return found;
  });
  return occupiedBox(...near);
}

/** The camera that shows `target` where HOME shows `box`, on a map of this size. */
export function cameraOn(
  target: Box,
  box: Box,
  { width, height }: { width: number; height: number },
  insets: Insets,
  least: number,
): Camera {
  const home = look(HOME, box, width, height, insets);
  const air = (low: number, high: number, ends: number) =>
    Math.max(AIR * (high - low), LEAST_AIR * ends);
  const airX = air(target.left, target.right, box.right - box.left);
  const airY = air(target.bottom, target.top, box.top - box.bottom);
  const aim = {
    left: target.left - airX,
    right: target.right + airX,
    bottom: target.bottom - airY,
    top: target.top + airY,
  };
  const wanted = look(HOME, aim, width, height, insets).scale / home.scale;
  const zoom = Math.min(ZOOM_MAX, Math.max(least, wanted));
  const scale = home.scale * zoom;
  return {
    x: (target.left + target.right) / 2 + (insets.right - insets.left) / 2 / scale - home.x,
    y: (target.bottom + target.top) / 2 + (insets.top - insets.bottom) / 2 / scale - home.y,
    zoom,
  };
}
