import { describe, expect, it } from "vitest";
import {
  type Camera,
  HOME,
  look,
  occupiedBox,
  POSITION_MAX,
  pan,
  toScreen,
  toUnit,
  ZOOM_MAX,
  ZOOM_MIN,
  zoomAt,
} from "../src/maps/camera.ts";

const INSETS = { top: 30, right: 10, bottom: 20, left: 40 };
const UNIT = { left: 0, bottom: 0, right: 1, top: 1 };
const see = (camera: Camera, box = UNIT) => look(camera, box, 500, 400, INSETS);

describe("occupiedBox", () => {
  it("spans the points of all arrays", () => {
    const a = Uint16Array.of(0, 100, 200, 300);
    const b = Uint16Array.of(POSITION_MAX, 50);
    const box = occupiedBox(a, b);
    expect(box.left).toBe(0);
    expect(box.right).toBe(1);
    expect(box.bottom).toBeCloseTo(50 / POSITION_MAX);
    expect(box.top).toBeCloseTo(300 / POSITION_MAX);
  });

  it("is the unit square when there are no points", () => {
    expect(occupiedBox()).toEqual(UNIT);
    expect(occupiedBox(new Uint16Array())).toEqual(UNIT);
  });
});

describe("look", () => {
  it("shows the whole box inside the insets, touching two of them", () => {
    const box = { left: 0.2, bottom: 0.1, right: 0.6, top: 0.9 };
    const view = see(HOME, box);
    const low = toScreen(view, box.left, box.bottom);
    const high = toScreen(view, box.right, box.top);
    expect(low.y).toBeCloseTo(400 - INSETS.bottom);
    expect(high.y).toBeCloseTo(INSETS.top);
    expect(low.x).toBeGreaterThan(INSETS.left);
    expect(high.x).toBeLessThan(500 - INSETS.right);
    expect(low.x - INSETS.left).toBeCloseTo(500 - INSETS.right - high.x);
  });

  it("has one scale for both axes", () => {
    const view = see({ x: 0.1, y: 0.2, zoom: 3 });
    const [o, x, y] = [toScreen(view, 0, 0), toScreen(view, 1, 0), toScreen(view, 0, 1)];
    expect(x.x - o.x).toBeCloseTo(o.y - y.y);
  });

  it.each([
    ["one point", { left: 0.5, bottom: 0.5, right: 0.5, top: 0.5 }],
    ["a line", { left: 0.5, bottom: 0, right: 0.5, top: 1 }],
  ])("shows %s in the middle of the free room", (_, box) => {
    const at = toScreen(see(HOME, box), 0.5, 0.5);
    expect(at.x).toBeCloseTo((INSETS.left + 500 - INSETS.right) / 2);
    expect(at.y).toBeCloseTo((INSETS.top + 400 - INSETS.bottom) / 2);
  });

  it("survives a map without any size", () => {
    expect(Number.isFinite(look(HOME, UNIT, 0, 0, INSETS).scale)).toBe(true);
  });
});

describe("moving the camera", () => {
  it("toUnit undoes toScreen", () => {
    const view = see({ x: 0.3, y: -0.2, zoom: 7 });
    const at = toScreen(view, 0.25, 0.75);
    expect(toUnit(view, at).x).toBeCloseTo(0.25);
    expect(toUnit(view, at).y).toBeCloseTo(0.75);
  });

  it("pan moves the picture with the pointer", () => {
    const camera = { x: 0.1, y: 0.1, zoom: 4 };
    const before = toScreen(see(camera), 0.5, 0.5);
    const after = toScreen(see(pan(camera, see(camera), 30, -12)), 0.5, 0.5);
    expect(after.x - before.x).toBeCloseTo(30);
    expect(after.y - before.y).toBeCloseTo(-12);
  });

  it("zoomAt holds the place under the pointer", () => {
    let camera: Camera = HOME;
    const at = { x: 123, y: 321 };
    const { x, y } = toUnit(see(camera), at);
    for (const factor of [1.5, 3, 0.2, 11]) {
      camera = zoomAt(camera, see(camera), factor, at);
      expect(toUnit(see(camera), at).x).toBeCloseTo(x);
      expect(toUnit(see(camera), at).y).toBeCloseTo(y);
    }
  });

  it.each([
    [1e9, ZOOM_MAX],
    [1e-9, ZOOM_MIN],
  ])("zoomAt by %d stops at %d", (factor, zoom) => {
    expect(zoomAt(HOME, see(HOME), factor, { x: 0, y: 0 }).zoom).toBe(zoom);
  });
});
