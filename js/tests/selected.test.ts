import { expect, test } from "vitest";
import { cameraOn, look, toScreen, withAir, ZOOM_MAX } from "../src/maps/camera.ts";
import {
  agreementOf,
  allBut,
  differenceKeys,
  inBoth,
  labelsOf,
  numberKeys,
  orderBy,
  winsAmong,
  wonBy,
} from "../src/panels/selected.ts";
import { csvLine, isFormula } from "../src/ui/csv.ts";
import { agreementWords } from "../src/views/selection_head.ts";

const list = (items: Iterable<number>) => Array.from(items);
const rows = (...items: number[]) => Uint32Array.from(items);

test("neighbours that are the same are counted inside and outside", () => {
  const shared = Uint8Array.of(1, 3, 8, 0);
  expect(agreementOf(shared, rows(0, 2))).toEqual({ inside: 4.5, outside: 1.5 });
  expect(agreementOf(shared, rows(0, 1, 2, 3))).toEqual({ inside: 3, outside: null });
  const words = { n: 2, nItems: 4, k: 10, wins: null };
  expect(agreementWords({ ...words, agreement: { inside: 1.23, outside: 4.5 } })).toBe(
    "1.2 of 10 neighbours are the same here, 4.5 elsewhere",
  );
  expect(agreementWords({ ...words, agreement: { inside: 3, outside: null } })).toBe(
    "3.0 of 10 neighbours are the same here",
  );
});

test("labels that are over-represented come first, and missing ones count nowhere", () => {
  const codes = Uint16Array.of(0, 0, 0, 1, 1, 2, 65535);
  const column = { codes, labels: ["a", "b", "c"], counts: [3, 2, 1] };
  const wins = Float32Array.of(0.5, -0.5, 0, -1, Number.NaN, 1, 1);
  const found = labelsOf(column, rows(0, 3, 4, 6), wins);
  expect(found.map(({ label }) => label)).toEqual(["b", "a"]);
  expect(found[0]).toMatchObject({ n: 2, here: 2 / 3, everywhere: 2 / 6, winsA: 1, winsB: 0 });
  expect(found[1]).toMatchObject({ n: 1, winsA: 0, winsB: 1 });
  expect(winsAmong(wins, rows(0, 1, 2, 4, 5))).toEqual({ a: 1, b: 2 });
  expect(list(wonBy("a", wins))).toEqual([1, 3]);
  expect(list(wonBy("b", wins))).toEqual([0, 5, 6]);
});

test("items stand by their keys, the same in row order, missing ones last both ways", () => {
  const none = 2 ** 32 - 1;
  const keys = { of: Uint32Array.of(7, 0, none, 7, 2), missing: none };
  const items = rows(0, 1, 2, 3, 4);
  expect(list(orderBy(items, keys, false))).toEqual([1, 4, 0, 3, 2]);
  expect(list(orderBy(items, keys, true))).toEqual([0, 3, 4, 1, 2]);
  expect(list(orderBy(rows(2), keys, true))).toEqual([2]);
  expect(list(orderBy(rows(), keys, false))).toEqual([]);
  const wins = differenceKeys(Float32Array.of(0, -1, Number.NaN, 1, 0.3), 10);
  expect(list(orderBy(items, wins, false))).toEqual([1, 0, 4, 3, 2]);
  expect(list(orderBy(items, { of: Uint8Array.of(3, 1, 2, 1, 0) }, false))).toEqual([
    4, 1, 3, 2, 0,
  ]);
});

test("numbers are keys by their size", () => {
  const keys = numberKeys(Float32Array.of(0.5, Number.NaN, -1, 0.5, Infinity));
  expect(list(orderBy(rows(0, 1, 2, 3, 4), keys, false))).toEqual([2, 0, 3, 4, 1]);
  expect(list(orderBy(rows(0, 1, 2, 3, 4), keys, true))).toEqual([4, 0, 3, 2, 1]);
});

test("sets of items meet, and have a rest", () => {
  expect(list(inBoth(rows(1, 3, 5), rows(0, 3, 4, 5)))).toEqual([3, 5]);
  expect(list(allBut(rows(0, 2), 4))).toEqual([1, 3]);
  expect(list(allBut(rows(), 2))).toEqual([0, 1]);
  expect(list(allBut(rows(0, 1), 2))).toEqual([]);
});

test("cells are quoted as Python's csv does, and data does not change", () => {
  expect(csvLine([1, "a", "b,c", 'd"e', "f\ng", "h\r", null, " i"])).toBe(
    '1,a,"b,c","d""e","f\ng","h\r",, i\r\n',
  );
  expect(csvLine([""])).toBe('""\r\n');
  expect(csvLine(["=1+1"])).toBe("=1+1\r\n");
  expect(["=1", "+x", "@a", "-b"].every(isFormula)).toBe(true);
  expect(["-1.5", "+2", "a=1", "", null].some(isFormula)).toBe(false);
});

test("a camera on some items shows them all, as large as they can be", () => {
  const box = { left: 0.1, right: 0.9, bottom: 0.2, top: 0.8 };
  const size = { width: 500, height: 400 };
  const insets = { top: 40, right: 10, bottom: 30, left: 10 };
  for (const target of [
    { left: 0.3, right: 0.4, bottom: 0.5, top: 0.52 },
    { left: 0.8, right: 0.8, bottom: 0.3, top: 0.3 },
    box,
  ]) {
    const camera = cameraOn(withAir(target, box), ZOOM_MAX, box, size, insets);
    const view = look(camera, box, size.width, size.height, insets);
    const [low, high] = [
      toScreen(view, target.left, target.bottom),
      toScreen(view, target.right, target.top),
    ];
    expect(low.x).toBeGreaterThanOrEqual(insets.left);
    expect(high.x).toBeLessThanOrEqual(size.width - insets.right);
    expect(high.y).toBeGreaterThanOrEqual(insets.top);
    expect(low.y).toBeLessThanOrEqual(size.height - insets.bottom);
    const middle = (size.width + insets.left - insets.right) / 2;
    expect((low.x + high.x) / 2).toBeCloseTo(middle, 3);
    expect(view.scale).toBeGreaterThan(
      look({ x: 0, y: 0, zoom: 0.8 }, box, 500, 400, insets).scale,
    );
  }
});
