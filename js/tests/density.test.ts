import { describe, expect, it } from "vitest";
import { occupiedBox, POSITION_MAX } from "../src/maps/camera.ts";
import { crowding, pointStyle } from "../src/maps/density.ts";

const AREA = 500 * 400;

/** Positions in `clumps` x `clumps` tight places of one row and column each, evenly spread without. */
function positionsIn(n: number, clumps: number | null): Uint16Array {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const place = () => (clumps ? (Math.floor(next() * clumps) + 0.1 * next()) / clumps : next());
  return Uint16Array.from({ length: 2 * n }, () => place() * POSITION_MAX);
}

describe("crowding", () => {
  it.each([500, 50_000])("is 1 for %d evenly spread points", (n) => {
    const positions = positionsIn(n, null);
    expect(crowding(positions, occupiedBox(positions))).toBeCloseTo(1, 0);
  });

  it("means the same for few points as for many", () => {
    const [few, many] = [positionsIn(1000, 4), positionsIn(50_000, 4)];
    const ratio = crowding(few, occupiedBox(few)) / crowding(many, occupiedBox(many));
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });

  it.each([
    ["no point", 0],
    ["one point", 1],
    ["many in one place", 1000],
  ])("is a number for %s", (_, n) => {
    const positions = new Uint16Array(2 * n).fill(POSITION_MAX);
    expect(crowding(positions, occupiedBox(positions))).toBeGreaterThanOrEqual(1);
    expect(crowding(positions, occupiedBox(positions))).toBeLessThanOrEqual(12);
  });
});

describe("pointStyle", () => {
  it("draws smaller and fainter points the more there are, and never vanishing ones", () => {
    const styles = [1, 300, 20_000, 200_000, 1_000_000, 10_000_000].map((n) =>
      pointStyle(n, AREA, 1),
    );
    for (const [i, style] of styles.entries()) {
      expect(style.diameter).toBeLessThanOrEqual(styles[Math.max(0, i - 1)].diameter);
      expect(style.opacity).toBeLessThanOrEqual(styles[Math.max(0, i - 1)].opacity);
      expect(style.diameter).toBeGreaterThan(1);
      expect(style.opacity).toBeGreaterThan(0.1);
    }
  });

  it("draws larger and clearer points when zoomed in, by less than the zoom", () => {
    const [far, near] = [pointStyle(100_000, AREA, 1), pointStyle(100_000, AREA, 4)];
    expect(near.diameter).toBeGreaterThan(far.diameter);
    expect(near.diameter).toBeLessThan(4 * far.diameter);
    expect(near.opacity).toBeGreaterThan(far.opacity);
  });
});
