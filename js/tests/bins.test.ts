import { describe, expect, it } from "vitest";
import {
  binColors,
  binningOf,
  countBins,
  itemsInBins,
  itemsOfCode,
  NUMERIC_BINS,
  nameOfBin,
} from "../src/color/bins.ts";
import { coincidencePalette, type Legend, MISSING, numericPalette } from "../src/color/color.ts";

const coincidence: Legend = {
  ...{ kind: "coincidence", k: 3, ramp: [] },
  ...{ low: 0, high: 3, below: 0, above: 0 },
};
const numeric: Legend = ranged("numeric", 254, false);

function ranged(kind: "numeric" | "difference", last: number, stepped: boolean) {
  const min = kind === "difference" ? -1 : 0;
  return { kind, min, max: 1, ramp: [], missing: 0, last, stepped, below: 0, above: 0 };
}

function binning(legend: Legend) {
  const found = binningOf(legend);
  if (found === null) throw new Error("no bars");
  return found;
}

describe("bars of the coincidence", () => {
  const codes = Uint8Array.of(0, 3, 1, 3, 0, 3);

  it("are k + 1, also those that nobody falls into", () => {
    expect(countBins(codes, binning(coincidence), null)).toEqual([2, 1, 0, 3]);
  });

  it("count the selected items alone", () => {
    expect(countBins(codes, binning(coincidence), Uint32Array.of(1, 2, 5))).toEqual([0, 1, 0, 2]);
  });

  it("give back their items in ascending order", () => {
    expect(Array.from(itemsInBins(codes, binning(coincidence), 1, 3))).toEqual([1, 2, 3, 5]);
    expect(Array.from(itemsInBins(codes, binning(coincidence), 2, 2))).toEqual([]);
  });

  it("have the colours of their points", () => {
    const palette = coincidencePalette("light", 3);
    const [r, g, b] = palette.subarray(3 * 4, 3 * 4 + 3);
    expect(binColors(palette, binning(coincidence))[3]).toBe(`rgb(${r}, ${g}, ${b})`);
  });
});

describe("bars of a numeric column", () => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);

  it("hold every value once and leave the missing out", () => {
    const counts = countBins(codes, binning(numeric), null);
    expect(counts).toHaveLength(NUMERIC_BINS);
    expect(counts.reduce((sum, n) => sum + n)).toBe(255);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it("never select the missing", () => {
    const items = itemsInBins(codes, binning(numeric), 0, NUMERIC_BINS - 1);
    expect(items).toHaveLength(255);
    expect(items.includes(MISSING)).toBe(false);
  });

  it("have a colour each", () => {
    const colors = binColors(numericPalette("dark"), binning(numeric));
    expect(new Set(colors).size).toBe(NUMERIC_BINS);
  });
});

describe("bars of steps", () => {
  const widths = (legend: Legend) => {
    const { bins, binOf } = binning(legend);
    return Array.from({ length: bins }, (_, bin) => binOf.filter((at) => at === bin).length);
  };

  it("are one a step where there are few", () => {
    expect(widths(ranged("numeric", 10, true))).toEqual(Array(11).fill(1));
    expect(widths(ranged("difference", 20, true))).toEqual(Array(21).fill(1));
  });

  it("hold as many steps each where there are many, but for the ends", () => {
    for (const last of [41, 60, 100, 254]) {
      const [first, ...rest] = widths(ranged("numeric", last, true)).slice(0, -1);
      expect(rest.length).toBeGreaterThan(10);
      expect(rest.every((width) => width === first)).toBe(true);
    }
  });

  it("lie evenly around no difference", () => {
    for (const k of [1, 10, 21, 33, 50, 127]) {
      const found = widths(ranged("difference", 2 * k, true));
      expect(found.length % 2).toBe(1);
      expect(found).toEqual([...found].reverse());
      expect(found.reduce((sum, width) => sum + width)).toBe(2 * k + 1);
    }
  });

  it("are called by their values", () => {
    const name = (legend: ReturnType<typeof ranged>, bin: number) =>
      nameOfBin(legend, binning(legend), bin);
    const difference = ranged("difference", 20, true);
    expect([0, 10, 13].map((bin) => name(difference, bin))).toEqual(["A +1", "equal", "B +0.3"]);
    expect(name(ranged("numeric", 10, true), 3)).toBe("0.3");
    expect(name(ranged("numeric", 100, true), 0)).toBe("0 to 0.02");
    expect(name(ranged("numeric", 254, false), 31)).toBe("0.9688 to 1");
  });
});

describe("categories", () => {
  it("have no bars: the legend counts them", () => {
    expect(binningOf({ kind: "category", entries: [], others: [], missing: 0 })).toBeNull();
  });

  it("give back the items of one code, the missing too", () => {
    const codes = Uint8Array.of(4, MISSING, 4, 0);
    expect(Array.from(itemsOfCode(codes, 4))).toEqual([0, 2]);
    expect(Array.from(itemsOfCode(codes, MISSING))).toEqual([1]);
  });
});
