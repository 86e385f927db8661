import { describe, expect, it } from "vitest";
import { cutMiddle, sharedBeginnings } from "../src/ui/cut.ts";
import { fitColumns, fitTiles, needOf } from "../src/views/neighbor_columns.ts";

/** Ten pixels a character. */
const widthOf = (text: string) => 10 * Array.from(text).length;
const cutText = (text: string, shared: number, room: number) => {
  const cut = cutMiddle(text, shared, room, widthOf);
  return cut && `${text.slice(0, cut[0])}…${text.slice(cut[1])}`;
};

describe("names that begin alike", () => {
  it("are known by what each shares with another", () => {
    const found = sharedBeginnings(["cats/1", "dogs/1", "cats/2", "cats/2", "", "c"]);
    expect(Object.fromEntries(found)).toEqual({
      ...{ "": 0, c: 1, "cats/1": 5, "cats/2": 5, "dogs/1": 0 },
    });
  });

  it("keep their beginning and what tells them apart", () => {
    expect(cutText("/data/images/train/0007.png", 21, 150)).toBe("/data/…0007.png");
    expect(cutText("/data/images/train/0007.png", 21, 60)).toBe("/d…0007.png");
  });

  it("are whole where they fit, and cut at their end where that is enough", () => {
    expect(cutText("/data/images/train/0007.png", 21, 270)).toBeNull();
    expect(cutText("abcdefg and a very long rest", 7, 150)).toBeNull();
    expect(cutText("short-1", 3, 30)).toBeNull();
  });

  it("are never cut within a character", () => {
    const name = `${"x".repeat(20)}😀${"e\u0301".repeat(9)}`;
    for (let shared = 6; shared <= name.length; shared++) {
      for (let room = 60; room < 200; room += 10) {
        const cut = cutMiddle(name, shared, room, widthOf);
        for (const at of cut ?? []) {
          const next = name.charCodeAt(at);
          expect(next === 0x301 || (next >= 0xdc00 && next <= 0xdfff)).toBe(false);
        }
      }
    }
  });
});

describe("columns of the neighbours", () => {
  const needs = [
    needOf({ kind: "label", isNumeric: false }, 40, 84),
    needOf({ kind: "shown", isNumeric: false }, 40, 400),
    needOf({ kind: "distance", isNumeric: true }, 64, 40),
    needOf({ kind: "other", isNumeric: true }, 64, 20),
  ];

  it("drop out by what they are worth, and the words stay the widest", () => {
    let before = 4;
    for (let room = 1200; room >= 100; room--) {
      const widths = fitColumns(needs, room, 165);
      const words = room - widths.reduce((sum, width) => sum + width, 0);
      expect(words).toBeGreaterThan(Math.max(...widths));
      const n = widths.filter((width) => width > 0).length;
      if (n > 0) expect(words).toBeGreaterThanOrEqual(165);
      expect(n).toBeLessThanOrEqual(before);
      before = n;
    }
    expect(before).toBe(0);
  });

  it("leave no column that is worth less than one that dropped out", () => {
    for (let room = 100; room <= 1200; room++) {
      const [label, shown, distance, other] = fitColumns(needs, room, 165).map(
        (width) => width > 0,
      );
      const byWorth = [label, shown, other, distance];
      expect(byWorth).toEqual([...byWorth].sort((a, b) => Number(b) - Number(a)));
    }
  });

  it("are all there where there is room, none wider than 160", () => {
    expect(fitColumns(needs, 1200, 165)).toEqual([100, 160, 80, 80]);
  });
});

describe("the film strip", () => {
  it("has tiles of 64 to 96 px in lines that fit", () => {
    for (let room = 100; room < 1300; room += 7) {
      for (const k of [1, 3, 10, 50]) {
        const { size, height } = fitTiles(room, k);
        expect(size).toBeGreaterThanOrEqual(64);
        expect(size).toBeLessThanOrEqual(96);
        const perLine = Math.floor((room + 4) / (size + 4));
        expect(height).toBe(Math.ceil(k / Math.max(1, perLine)) * (size + 4) - 4 + 12);
      }
    }
  });
});
