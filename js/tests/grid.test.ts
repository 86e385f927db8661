import { describe, expect, it } from "vitest";
import { POSITION_MAX } from "../src/maps/camera.ts";
import { Grid } from "../src/maps/grid.ts";

/** Reproducible numbers in [0, 1). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function scatter(n: number, seed: number): Uint16Array {
  const next = random(seed);
  return Uint16Array.from({ length: 2 * n }, () => Math.floor(next() ** 2 * (POSITION_MAX + 1)));
}

function polygonOf(corners: number, seed: number): number[] {
  const next = random(seed);
  return Array.from({ length: 2 * corners }, () => next() * 1.4 - 0.2);
}

function insideSlowly(positions: Uint16Array, polygon: number[]): number[] {
  const items: number[] = [];
  const corners = polygon.map((value) => value * POSITION_MAX);
  for (let i = 0; i < positions.length / 2; i++) {
    const [x, y] = [positions[2 * i], positions[2 * i + 1]];
    let inside = false;
    for (let a = 0, b = corners.length - 2; a < corners.length; b = a, a += 2) {
      const [xa, ya, xb, yb] = [corners[a], corners[a + 1], corners[b], corners[b + 1]];
      if (ya > y !== yb > y && x < ((xb - xa) * (y - ya)) / (yb - ya) + xa) inside = !inside;
    }
    if (inside) items.push(i);
  }
  return items;
}

function nearestSlowly(positions: Uint16Array, x: number, y: number, radius: number) {
  let best = Infinity;
  for (let i = 0; i < positions.length; i += 2) {
    best = Math.min(
      best,
      Math.hypot(positions[i] - x * POSITION_MAX, positions[i + 1] - y * POSITION_MAX),
    );
  }
  return best <= radius * POSITION_MAX ? best : null;
}

describe("inPolygon", () => {
  it.each([1, 2, 50, 3000])("finds what a test of each of %d points finds", (n) => {
    const positions = scatter(n, n);
    const grid = new Grid(positions);
    for (let seed = 1; seed <= 40; seed++) {
      const polygon = polygonOf(3 + (seed % 12), seed);
      expect(Array.from(grid.inPolygon(polygon))).toEqual(insideSlowly(positions, polygon));
    }
  });

  it("takes all points of a polygon around the square, on the edges too", () => {
    const positions = Uint16Array.of(
      0,
      0,
      POSITION_MAX,
      0,
      0,
      POSITION_MAX,
      POSITION_MAX,
      POSITION_MAX,
    );
    const all = new Grid(positions).inPolygon([-0.1, -0.1, 1.1, -0.1, 1.1, 1.1, -0.1, 1.1]);
    expect(Array.from(all)).toEqual([0, 1, 2, 3]);
  });

  it.each([
    ["beside the square", [2, 2, 3, 2, 3, 3]],
    ["without an area", [0, 0, 1, 1]],
    ["of one corner", [0.5, 0.5]],
    ["of nothing", []],
  ])("finds nothing in a polygon %s", (_, polygon) => {
    expect(new Grid(scatter(500, 3)).inPolygon(polygon)).toHaveLength(0);
  });

  it("finds nothing when there are no points", () => {
    expect(new Grid(new Uint16Array()).inPolygon([0, 0, 1, 0, 1, 1])).toHaveLength(0);
  });

  it("takes a hundred thousand points in one place", () => {
    const positions = new Uint16Array(200_000).fill(700);
    expect(new Grid(positions).inPolygon([0, 0, 1, 0, 1, 1, 0, 1])).toHaveLength(100_000);
  });

  it("answers a lasso over 100,000 points within a frame", () => {
    const grid = new Grid(scatter(100_000, 5));
    const lasso = Array.from({ length: 400 }, (_, i) => {
      const angle = ((i >> 1) / 200) * 2 * Math.PI;
      return 0.4 + 0.35 * (i % 2 ? Math.sin(angle) : Math.cos(angle));
    });
    grid.inPolygon(lasso);
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      grid.inPolygon(lasso);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  });
});

describe("nearest", () => {
  it("finds a point as near as the nearest of all", () => {
    const positions = scatter(2000, 9);
    const grid = new Grid(positions);
    const next = random(4);
    for (let i = 0; i < 300; i++) {
      const [x, y, radius] = [next() * 1.2 - 0.1, next() * 1.2 - 0.1, next() * 0.05];
      const item = grid.nearest(x, y, radius);
      const expected = nearestSlowly(positions, x, y, radius);
      if (item === null) expect(expected).toBeNull();
      else {
        const [dx, dy] = [positions[2 * item], positions[2 * item + 1]];
        expect(Math.hypot(dx - x * POSITION_MAX, dy - y * POSITION_MAX)).toBeCloseTo(
          expected ?? -1,
        );
      }
    }
  });

  it("finds item 0", () => {
    const grid = new Grid(Uint16Array.of(0, 0, POSITION_MAX, POSITION_MAX));
    expect(grid.nearest(0.001, 0.001, 0.01)).toBe(0);
    expect(grid.nearest(0.999, 1, 0.01)).toBe(1);
    expect(grid.nearest(0.5, 0.5, 0.01)).toBeNull();
  });
});
