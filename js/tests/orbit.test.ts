import { describe, expect, it } from "vitest";
import { POSITION_MAX } from "../src/maps/camera.ts";
import { extentOf } from "../src/maps/fit.ts";
import { STRETCH } from "../src/maps/lines.ts";
import { MapPositions } from "../src/maps/map_positions.ts";
import { depthOrder, flatten, type Orbit, turnedBy, turnOf } from "../src/maps/orbit.ts";
import { drawPixels } from "../src/maps/thumbnail.ts";
import { stretchesOf } from "../src/maps/trails.ts";

const ORBITS: Orbit[] = [
  { yaw: 0, pitch: 0 },
  { yaw: 0.7, pitch: -0.4 },
  { yaw: -2.9, pitch: 1.2 },
  { yaw: 9, pitch: Math.PI / 2 },
];
const CORNERS = Uint16Array.from(
  [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [i & 1, (i >> 1) & 1, i >> 2]),
  (bit) => bit * POSITION_MAX,
);

/** uint16 (n, n_components), the same every time. */
function random(length: number, seed: number): Uint16Array {
  return Uint16Array.from({ length }, (_, i) => Math.imul(i + 1, 2654435761 ^ seed) >>> 16);
}

function product(a: readonly number[][], b: readonly number[][]): number[][] {
  return a.map((row) =>
    b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)),
  );
}

/** Around y, then around x, and smaller by twice the root of three: (3, n) of 0..1 about the middle. */
function turned(positions: Uint16Array, { yaw, pitch }: Orbit, middle: readonly number[]) {
  const [c, s, d, t] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const around = product(
    [
      [1, 0, 0],
      [0, d, -t],
      [0, t, d],
    ],
    [
      [c, 0, s],
      [0, 1, 0],
      [-s, 0, c],
    ],
  );
  const columns = [0, 1, 2].map((axis) =>
    Array.from({ length: positions.length / 3 }, (_, i) => {
      return (positions[3 * i + axis] / POSITION_MAX - middle[axis]) / Math.sqrt(12);
    }),
  );
  return product(around, columns).map((row) => row.map((value) => value + 0.5));
}

describe.each(ORBITS)("a map turned by $yaw and $pitch", (orbit) => {
  const positions = random(300, 5);
  const middle = [0.4, 0.55, 0.5] as const;
  const turn = turnOf(orbit, middle);

  it("is the product of its positions and a rotation", () => {
    const [right, up] = turned(positions, orbit, middle);
    const flat = flatten(positions, turn);
    const places = new MapPositions(positions, 3);
    for (let i = 0; i < flat.length / 2; i++) {
      expect(Math.abs(flat[2 * i] - right[i] * POSITION_MAX)).toBeLessThan(0.51);
      expect(Math.abs(flat[2 * i + 1] - up[i] * POSITION_MAX)).toBeLessThan(0.51);
      const { x, y } = places.at(i, turn, null, 1);
      expect([x, y]).toEqual([expect.closeTo(right[i], 9), expect.closeTo(up[i], 9)]);
    }
    expect(places.seen(turn)).toEqual(flat);
  });

  it.each([0, 0.5, 1])("shows all corners of the cube within the square, about %f", (x) => {
    const [right, up] = turned(CORNERS, orbit, [x, x, 1 - x]);
    expect(Math.min(...right, ...up)).toBeGreaterThanOrEqual(-1e-9);
    expect(Math.max(...right, ...up)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it("is drawn from the farthest point to the nearest", () => {
    const order = Uint32Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    const sorted = depthOrder(positions, turn, order);
    const [, , near] = turned(positions, orbit, middle);
    expect(Array.from(sorted).sort((p, q) => p - q)).toEqual(Array.from(order.keys()));
    for (let i = 1; i < sorted.length; i++) {
      expect(near[sorted[i]]).toBeGreaterThan(near[sorted[i - 1]] - 1 / 1000);
    }
  });

  it("has room for all points in a first view that does not depend on the turn", () => {
    const { full, core, middle } = extentOf([positions, CORNERS.slice(0, 9)], 3);
    expect(core).toEqual(full);
    const [right, up] = turned(positions, orbit, middle);
    expect(Math.min(...right)).toBeGreaterThanOrEqual(full.left);
    expect(Math.max(...right)).toBeLessThanOrEqual(full.right);
    expect(Math.min(...up)).toBeGreaterThanOrEqual(full.bottom);
    expect(Math.max(...up)).toBeLessThanOrEqual(full.top);
  });
});

describe("the first view in 3-D", () => {
  const ball = Uint16Array.from(random(3000, 9), (value) => 24000 + value / 8);

  it("leaves out a few far points", () => {
    const { full, core, middle } = extentOf(
      [ball, Uint16Array.of(0, 0, 0, 65535, 65535, 65535)],
      3,
    );
    expect(full.right - full.left).toBeGreaterThan(0.5);
    expect(core.right - core.left).toBeLessThan(0.08);
    expect(middle[0]).toBeCloseTo(28096 / 65535, 2);
    expect((core.left + core.right) / 2).toBeCloseTo(0.5);
  });

  it.each([
    ["no points", new Uint16Array()],
    ["one place", Uint16Array.of(7, 8, 9, 7, 8, 9)],
  ])("is a square for %s", (_, positions) => {
    const { full, core } = extentOf([positions], 3);
    expect(core).toEqual(full);
    expect(full.right - full.left).toBe(full.top - full.bottom);
  });
});

it("the upright axis never tips over", () => {
  expect(turnedBy({ yaw: 1, pitch: 0 }, 0, 1e4)).toEqual({ yaw: 1, pitch: Math.PI / 2 });
  expect(turnedBy({ yaw: 1, pitch: 0 }, 0, -1e4).pitch).toBe(-Math.PI / 2);
});

describe("trails", () => {
  const frames = [0, 1, 2, 3, 4].map((step) => random(2 * 1000, step));
  const at = { a: 2, b: 4 };
  const rows = (stretches: Uint16Array) =>
    Array.from({ length: stretches.length / STRETCH }, (_, i) =>
      Array.from(stretches.subarray(i * STRETCH, (i + 1) * STRETCH)),
    );

  it("lead through all steps, with what follows below what was", () => {
    const items = Uint32Array.of(3, 8);
    const codes = Uint8Array.from({ length: 1000 }, (_, i) => i % 7);
    const found = rows(stretchesOf({ frames, nComponents: 2, items, at, codes }, 2));
    const place = (step: number, item: number) => [
      frames[step][2 * item],
      frames[step][2 * item + 1],
      0,
    ];
    const wanted = [4, 3, 0, 1, 2].flatMap((step) =>
      [3, 8].map((item) => [...place(Math.max(0, step - 1), item), ...place(step, item)]),
    );
    expect(found.map((row) => row.slice(0, 6))).toEqual(wanted);
    expect(found.map((row) => row[7])).toEqual([3, 1, 3, 1, 259, 257, 259, 257, 259, 257]);
    const opacities = found.map((row) => row[6]).filter((_, i) => i % 2 === 0);
    expect(opacities[0]).toBe(opacities[1]);
    expect(opacities[2]).toBeLessThan(opacities[3]);
    expect(opacities[3]).toBeLessThan(opacities[4]);
    expect(opacities[4]).toBeGreaterThan(3 * opacities[0]);
  });

  it("are those of 200 items at most, from the first to the last", () => {
    const items = Uint32Array.from({ length: 900 }, (_, i) => i);
    const found = rows(stretchesOf({ frames, nComponents: 2, items, at, codes: null }, 0));
    expect(found).toHaveLength(5 * 200);
    const last = found.slice(-200).map((row) => row[3]);
    expect(last[0]).toBe(frames[0][0]);
    expect(last[199]).toBe(frames[0][2 * 899]);
  });
});

describe("a thumbnail", () => {
  const palette = new Uint8Array(1024).fill(255);
  palette.set([200, 0, 0, 255, 0, 0, 200, 255]);
  const draw = (places: Uint16Array, codes: Uint8Array, side = 96) => {
    const pixels = new Uint8ClampedArray(4 * side * side);
    drawPixels(pixels, places, codes, palette, side, side / 96);
    return (x: number, y: number) => Array.from(pixels.subarray(4 * (y * side + x)).subarray(0, 4));
  };

  it.each([96, 192])("of %i pixels has every place in its colour, upwards", (side) => {
    const at = draw(Uint16Array.of(0, 0, 65535, 65535), Uint8Array.of(0, 1), side);
    const [low, high] = [Math.round(side / 24), side - 1 - Math.round(side / 24)];
    expect(at(low, high).slice(0, 3)).toEqual([200, 0, 0]);
    expect(at(high, low).slice(0, 3)).toEqual([0, 0, 200]);
    expect(at(low, low)[3]).toBe(0);
    expect(at(side / 2, side / 2)[3]).toBe(0);
  });

  it("is more opaque where more points lie, in their mean colour", () => {
    const many = Array.from({ length: 900 }, (_, i) => [73 * i, 73 * i]).flat();
    const heap = new Array(400).fill([32768, 32768]).flat();
    const places = Uint16Array.from([...many, ...heap]);
    const codes = Uint8Array.from({ length: places.length / 2 }, (_, i) => i % 2);
    const at = draw(places, codes);
    expect(at(48, 47).slice(0, 3)).toEqual([100, 0, 100]);
    expect(at(48, 47)[3]).toBeGreaterThan(1.2 * at(30, 65)[3]);
    expect(at(20, 20)[3]).toBe(0);
  });

  it("is empty without points", () => {
    expect(draw(new Uint16Array(), new Uint8Array())(48, 48)).toEqual([0, 0, 0, 0]);
  });
});
