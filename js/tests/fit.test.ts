import { describe, expect, it } from "vitest";
import { type Box, occupiedBox, POSITION_MAX } from "../src/maps/camera.ts";
import { boxToFit, coreBox, countOutside } from "../src/maps/fit.ts";

const INSETS = { top: 34, right: 16, bottom: 16, left: 16 };

/** n points on a diagonal from `low` to `high`, shares of the unit square, and some more. */
function points(n: number, low: number, high: number, ...more: number[]): Uint16Array {
  const line = Array.from({ length: n }, (_, i) => low + ((high - low) * i) / Math.max(1, n - 1));
  return Uint16Array.from([...line.flatMap((x) => [x, x]), ...more], (x) => x * POSITION_MAX);
}

const core = (...arrays: Uint16Array[]) => coreBox(occupiedBox(...arrays), ...arrays);

describe("coreBox", () => {
  it.each([
    ["one point", points(1, 0.5, 0.5)],
    ["identical points", points(1000, 0.5, 0.5)],
    ["identical points and a far one", points(1000, 0.5, 0.5, 1, 1)],
    ["no outliers", points(1000, 0, 1)],
    ["too few points to call one of them far", points(20, 0, 0.3, 1, 1)],
    ["more far points than may be left out", points(1000, 0, 0.3, ...new Array(40).fill(1))],
    ["no points", new Uint16Array()],
  ])("is everything for %s", (_, positions) => {
    expect(core(positions, positions)).toEqual(occupiedBox(positions));
  });

  it("leaves out a few far points on one side and gives the others a little air", () => {
    const { left, right, bottom, top } = core(points(1000, 0, 0.3, 1, 1), points(1000, 0, 0.3));
    expect([left, bottom]).toEqual([0, 0]);
    for (const end of [right, top]) {
      expect(end).toBeGreaterThan(0.3);
      expect(end).toBeLessThan(0.34);
    }
  });

  it("leaves out far points on both sides", () => {
    const { left, right } = core(points(1000, 0.4, 0.7, 0, 0, 1, 1));
    expect(left).toBeCloseTo(0.385, 2);
    expect(right).toBeCloseTo(0.715, 2);
  });

  it("cuts only the axis that far points stretch", () => {
    const tall = points(1000, 0, 0.4, 0.2, 1);
    const box = core(tall);
    expect([box.left, box.right]).toEqual([occupiedBox(tall).left, occupiedBox(tall).right]);
    expect(box.top).toBeLessThan(0.45);
  });
});

describe("boxToFit", () => {
  const full: Box = { left: 0, bottom: 0, right: 1, top: 1 };
  const low: Box = { ...full, top: 0.5 };

  it("takes the smaller box where it makes the picture larger", () => {
    expect(boxToFit(full, low, 800, 400, INSETS)).toBe(low);
  });

  it("keeps everything where the other axis decides the scale", () => {
    expect(boxToFit(full, low, 300, 400, INSETS)).toBe(full);
  });

  it("keeps a single place as it is", () => {
    const place: Box = { left: 0.5, bottom: 0.5, right: 0.5, top: 0.5 };
    expect(boxToFit(place, place, 300, 400, INSETS)).toBe(place);
  });
});

it("countOutside counts points and not coordinates", () => {
  const positions = points(11, 0, 1, 0.5, 0);
  expect(countOutside(positions, { left: 0, bottom: 0, right: 1, top: 1 })).toBe(0);
  expect(countOutside(positions, { left: 0.35, bottom: 0.35, right: 0.65, top: 0.65 })).toBe(9);
});
