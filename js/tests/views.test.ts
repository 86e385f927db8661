import { describe, expect, it } from "vitest";
import { barAt, barHeight, tickPlace } from "../src/color/histogram.ts";
import { keyTarget } from "../src/ui/keys.ts";
import { bandOf, nearestK, pathOf, placeOf } from "../src/views/curve.ts";
import { sameLabel } from "../src/views/focus.ts";
import { sharedRanks } from "../src/views/neighbors.ts";
import { pairedWords } from "../src/views/status.ts";
import { placeBeside } from "../src/views/tooltip.ts";
import type { NeighborLists, Row } from "../src/wire/model.ts";

const lists: NeighborLists = {
  indices_a: Uint32Array.of(5, 0, 7, 9),
  distances_a: new Float32Array(4),
  indices_b: Uint32Array.of(7, 8, 0, 5),
  distances_b: new Float32Array(4),
};

describe("shared neighbours", () => {
  it("carry their rank in both lists, by rank in A", () => {
    expect(sharedRanks(lists, 4)).toEqual([
      { item: 5, rankA: 1, rankB: 4 },
      { item: 0, rankA: 2, rankB: 3 },
      { item: 7, rankA: 3, rankB: 1 },
    ]);
  });

  it("count only what both lists hold within k", () => {
    expect(sharedRanks(lists, 3).map(({ item }) => item)).toEqual([0, 7]);
    expect(sharedRanks(lists, 1)).toEqual([]);
  });
});

describe("label agreement", () => {
  const rows = (labels: Record<number, string | null>) =>
    new Map<number, Row>(
      Object.entries(labels).map(([item, label]) => [
        Number(item),
        {
          item: Number(item),
          id: item,
          label,
          labels: label?.split(", ") ?? [],
          text: null,
          shown: [],
          image: null,
        },
      ]),
    );

  it("counts the neighbours within k that share the label", () => {
    const known = rows({ 5: "x", 0: "y", 7: "x", 8: null });
    expect(sameLabel(["x"], lists, known, 2)).toEqual({ a: 1, b: 1 });
    expect(sameLabel(["x"], lists, known, 3)).toEqual({ a: 2, b: 1 });
  });

  it("counts those that share one of several labels", () => {
    const known = rows({ 5: "x, z", 0: "y", 7: "z", 8: null });
    expect(sameLabel(["y", "z"], lists, known, 3)).toEqual({ a: 3, b: 2 });
  });

  it("is unknown while a neighbour is", () => {
    expect(sameLabel(["x"], lists, rows({ 5: "x", 7: "x" }), 2)).toBeNull();
  });
});

describe("bars", () => {
  it("grow linearly, and what is not zero is never invisible", () => {
    expect(barHeight(0, 100)).toBe("0");
    expect(barHeight(50, 100)).toBe("max(1px, 50.00%)");
    expect(barHeight(1, 1_000_000)).toBe("max(1px, 0.00%)");
  });

  it("are found below the pointer, the outer ones also beyond the edge", () => {
    expect([-5, 0, 19, 20, 219, 400].map((x) => barAt(x, 220, 11))).toEqual([0, 0, 0, 1, 10, 10]);
  });

  it("have ticks at their middle, but the outer ticks at the edges", () => {
    expect([0, 5, 10].map((at) => tickPlace(at, 11))).toEqual([0, 0.5, 1]);
  });
});

describe("the tooltip", () => {
  const size = { width: 100, height: 50 };
  const room = { width: 300, height: 200 };

  it("stands right of and below the pointer", () => {
    expect(placeBeside({ x: 20, y: 30 }, size, room)).toEqual({ x: 34, y: 44 });
  });

  it("turns to the other side at the edges", () => {
    expect(placeBeside({ x: 280, y: 190 }, size, room)).toEqual({ x: 166, y: 126 });
  });

  it("stays inside where neither side has room", () => {
    const { x } = placeBeside({ x: 60, y: 30 }, { width: 250, height: 50 }, room);
    expect(x).toBe(50);
  });
});

describe("the curve", () => {
  it("goes through its heights, upwards, and one alone is a line across", () => {
    expect(pathOf([0, 1, 2], 2)).toBe("M0.00 100.00L50.00 50.00L100.00 0.00");
    expect(pathOf([0.25], 1)).toBe("M0.00 75.00L100.00 75.00");
    expect(pathOf([], 1)).toBe("");
  });

  it("lies in a band that comes back along its lower end", () => {
    expect(bandOf([0, 0.1], [0.2, 0.4], 1)).toBe(
      "M0.00 80.00L100.00 60.00L100.00 90.00L0.00 100.00",
    );
  });

  it("gives the nearest k for a place, and its own place for a k", () => {
    for (const most of [2, 20, 50]) {
      for (let k = 1; k <= most; k++) expect(nearestK(placeOf(k, most), most)).toBe(k);
    }
    expect([-1, 0.02, 2].map((share) => nearestK(share, 50))).toEqual([1, 2, 50]);
    expect(nearestK(0.3, 1)).toBe(1);
  });
});

describe("keys", () => {
  it("lead around the ends of a row", () => {
    const keys = ["ArrowRight", "ArrowLeft", "Home", "End", "x"];
    expect(keys.map((key) => keyTarget(key, 3, 4))).toEqual([0, 2, 0, 3, null]);
    expect(keyTarget("ArrowLeft", 0, 4)).toBe(3);
  });

  it("stop at the ends where a row has two", () => {
    const target = (key: string, at: number) => keyTarget(key, at, 4, "stop");
    expect([target("ArrowRight", 3), target("ArrowLeft", 0)]).toEqual([3, 0]);
    expect([target("ArrowRight", 1), target("ArrowLeft", 1), target("x", 1)]).toEqual([2, 0, null]);
  });
});

describe("how rows were paired", () => {
  const join = { matched: 9, only_a: 0, only_b: 0, dropped_a: 0, dropped_b: 0, notes: [] };

  it("is said in short", () => {
    expect(pairedWords({ ...join, paired_by: "by id" })).toEqual(["paired by id"]);
  });

  it("tells what was left out and what was guessed", () => {
    const told = { ...join, dropped_b: 1234, paired_by: "by position", notes: ["metadata by id"] };
    expect(pairedWords(told)).toEqual([
      "paired by position",
      "1,234 without a vector in B",
      "metadata by id",
    ]);
  });
});
