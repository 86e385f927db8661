import { describe, expect, it } from "vitest";
import { cameraOn, HOME, look, toScreen } from "../src/maps/camera.ts";
import { EDGE_ROOM, type EdgeItem, edgeArrows } from "../src/maps/edge.ts";
import { Grid } from "../src/maps/grid.ts";

const SIZE = { width: 400, height: 300 };
const item = (n: number, x: number, y: number, kind: EdgeItem["kind"] = "own"): EdgeItem => ({
  item: n,
  kind,
  at: { x, y },
});

describe("arrows at the edge", () => {
  it("stand only for what is beyond it", () => {
    expect(edgeArrows([item(1, 0, 0), item(2, 400, 300), item(3, 200, 5)], SIZE)).toEqual([]);
    const [arrow] = edgeArrows([item(1, 900, 150)], SIZE);
    expect(arrow).toMatchObject({ x: 400 - EDGE_ROOM.right, y: 150, angle: 0, items: [1] });
    expect(edgeArrows([item(1, 200, -90)], SIZE)[0].angle).toBe(-90);
  });

  it("are one where they would lie over one another, and say the most telling", () => {
    const near = [item(1, 900, 150), item(2, 900, 152, "focus"), item(3, 800, 151, "shared")];
    const arrows = edgeArrows([...near, item(4, -50, 150)], SIZE);
    expect(arrows.map(({ kind, items }) => [kind, items])).toEqual([
      ["focus", [2, 3, 1]],
      ["own", [4]],
    ]);
  });

  it("stay on a map that is smaller than the room they want", () => {
    const [{ x, y }] = edgeArrows([item(1, 99, 99)], { width: 10, height: 20 });
    expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
  });
});

describe("the camera on some items", () => {
  const INSETS = { top: 30, right: 10, bottom: 20, left: 40 };
  const CLEAR = { top: 50, right: 30, bottom: 40, left: 60 };
  const UNIT = { left: 0, bottom: 0, right: 1, top: 1 };
  const place = (zoom: number, part: typeof UNIT) => {
    const camera = cameraOn(part, zoom, UNIT, SIZE, INSETS, CLEAR);
    const view = look(camera, UNIT, SIZE.width, SIZE.height, INSETS);
    return {
      zoom: camera.zoom,
      low: toScreen(view, part.left, part.bottom),
      high: toScreen(view, part.right, part.top),
    };
  };

  it("shows all of them clear of the edges, as near as it was where that is far enough", () => {
    for (const zoom of [1, 3, 50]) {
      const { low, high } = place(zoom, { left: 0.1, bottom: 0.6, right: 0.3, top: 0.7 });
      expect(low.x).toBeGreaterThanOrEqual(CLEAR.left - 1e-6);
      expect(high.x).toBeLessThanOrEqual(SIZE.width - CLEAR.right + 1e-6);
      expect(high.y).toBeGreaterThanOrEqual(CLEAR.top - 1e-6);
      expect(low.y).toBeLessThanOrEqual(SIZE.height - CLEAR.bottom + 1e-6);
    }
    expect(place(3, { left: 0.5, bottom: 0.5, right: 0.52, top: 0.52 }).zoom).toBe(3);
  });

  it("has one item in the middle of the free room", () => {
    const { low } = place(9, { left: 0.2, bottom: 0.9, right: 0.2, top: 0.9 });
    expect(low.x).toBeCloseTo((CLEAR.left + SIZE.width - CLEAR.right) / 2);
    expect(low.y).toBeCloseTo((CLEAR.top + SIZE.height - CLEAR.bottom) / 2);
  });

  it("is the first view's where that is asked for", () => {
    const camera = cameraOn(UNIT, HOME.zoom, UNIT, SIZE, INSETS);
    for (const axis of ["x", "y", "zoom"] as const) expect(camera[axis]).toBeCloseTo(HOME[axis]);
  });
});

describe("whether anything is in sight", () => {
  it("is what a look at every point says", () => {
    let seed = 7;
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    const positions = Uint16Array.from({ length: 120 }, () => random() * 65535);
    const grid = new Grid(positions);
    let found = 0;
    for (let i = 0; i < 400; i++) {
      const [x, y, side] = [random() * 1.6 - 0.3, random() * 1.6 - 0.3, random() * 0.12];
      const box = { left: x, bottom: y, right: x + side, top: y + side };
      let expected = false;
      for (let p = 0; p < positions.length; p += 2) {
        const [px, py] = [positions[p] / 65535, positions[p + 1] / 65535];
        expected ||= px >= x && px <= x + side && py >= y && py <= y + side;
      }
      expect(grid.hasAny(box)).toBe(expected);
      found += Number(expected);
    }
    expect(found).toBeGreaterThan(20);
    expect(found).toBeLessThan(380);
  });
});
