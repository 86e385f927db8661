/** Maps in 3-D: which way they are turned, and where their points are seen then. */

import { type Box, POSITION_MAX } from "./camera.ts";

/** Radians. */
export interface Orbit {
  /** Around the upright axis: the front goes to the right. */
  readonly yaw: number;
  /** The front goes down. */
  readonly pitch: number;
}

/** Unit cube -> unit square and depth, (3, 4) row by row: to the right, upwards, towards the viewer. */
export type Turn = readonly number[];

/** A place in the cube. */
export type Place = readonly [x: number, y: number, z: number];

export const FRONT: Orbit = { yaw: 0, pitch: 0 };
/** Of maps in 2-D, which nobody turns. */
export const FLAT: Turn = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

const RADIANS_PER_PX = Math.PI / 480;
/** A cube that is this much smaller stays within the unit square, whatever it is turned about. */
const SHRINK = 0.5 / Math.sqrt(3);
/** Finer than anybody sees which of two points is the nearer one. */
const DEPTHS = 2048;

/** The orbit after a drag by (dx, dy) CSS pixels; the upright axis never tips over. */
export function turnedBy({ yaw, pitch }: Orbit, dx: number, dy: number): Orbit {
  const most = Math.PI / 2;
  const wanted = pitch + dy * RADIANS_PER_PX;
  return { yaw: yaw + dx * RADIANS_PER_PX, pitch: Math.max(-most, Math.min(most, wanted)) };
}

/** @param middle what stays where it is, in the middle of the unit square */
export function turnOf({ yaw, pitch }: Orbit, middle: Place): Turn {
  const [cosYaw, sinYaw] = [Math.cos(yaw), Math.sin(yaw)];
  const [cosPitch, sinPitch] = [Math.cos(pitch), Math.sin(pitch)];
  const rows = [
    [cosYaw, 0, sinYaw],
    [sinPitch * sinYaw, cosPitch, -sinPitch * cosYaw],
    [-cosPitch * sinYaw, sinPitch, cosPitch * cosYaw],
  ];
  return rows.flatMap((row) => {
    const own = row.map((value) => value * SHRINK);
    return [...own, 0.5 - own.reduce((sum, value, axis) => sum + value * middle[axis], 0)];
  });
}

/** Places of all points in the unit square, uint16 (n, 2), of positions uint16 (n, 3). */
export function flatten(positions: Uint16Array, turn: Turn): Uint16Array {
  const [a, b, c, right, d, e, f, up] = turn;
  const [x0, y0] = [right * POSITION_MAX + 0.5, up * POSITION_MAX + 0.5];
  const flat = new Uint16Array((positions.length / 3) * 2);
  for (let i = 0, to = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i], positions[i + 1], positions[i + 2]];
    flat[to++] = a * x + b * y + c * z + x0;
    flat[to++] = d * x + e * y + f * z + y0;
  }
  return flat;
}

/**
 * The order in which the points of a map in 3-D are drawn: the farthest first.
 *
 * @param positions uint16 (n, 3)
 * @param order uint32 (n,), kept among points of one depth
 */
export function depthOrder(positions: Uint16Array, turn: Turn, order: Uint32Array): Uint32Array {
  const [a, b, c, near] = turn.slice(8).map((value) => value * DEPTHS);
  const depths = new Uint16Array(order.length);
  const starts = new Uint32Array(DEPTHS + 1);
  for (let item = 0, i = 0; item < depths.length; item++, i += 3) {
    const part = a * positions[i] + b * positions[i + 1] + c * positions[i + 2];
    const depth = Math.max(0, Math.min(DEPTHS - 1, part / POSITION_MAX + near));
    depths[item] = depth;
    starts[depths[item] + 1]++;
  }
  for (let depth = 0; depth < DEPTHS; depth++) starts[depth + 1] += starts[depth];
  const sorted = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) sorted[starts[depths[order[i]]]++] = order[i];
  return sorted;
}

/**
 * How far points are from the middle once they are turned, as counts: entry i is of those up to
 * i / `counts.length` of half the unit square away.
 */
export function distances(arrays: readonly Uint16Array[], middle: Place): Uint32Array {
  const counts = new Uint32Array(DEPTHS);
  const [x, y, z] = middle.map((value) => value * POSITION_MAX);
  const scale = (2 * SHRINK * (DEPTHS - 1)) / POSITION_MAX;
  for (const positions of arrays) {
    for (let i = 0; i < positions.length; i += 3) {
      const [dx, dy, dz] = [positions[i] - x, positions[i + 1] - y, positions[i + 2] - z];
      counts[Math.ceil(Math.sqrt(dx * dx + dy * dy + dz * dz) * scale - 1e-6)]++;
    }
  }
  return counts;
}

/** The square around the middle that holds all points of a distance, 0..1 of half the unit square. */
export function squareOf(distance: number): Box {
  const half = Math.min(1, distance) / 2;
  return { left: 0.5 - half, bottom: 0.5 - half, right: 0.5 + half, top: 0.5 + half };
}
