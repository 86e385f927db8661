import { describe, expect, it } from "vitest";
import { columnColoring } from "../src/color/color.ts";
import { endsText, quantityText, rangeText } from "../src/color/quantity.ts";
import { numberNear } from "../src/ui/format.ts";
import type { Column } from "../src/wire/model.ts";

const DAY = 86_400;

function numeric(values: number[], header: Partial<Column> = {}) {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const plain = { kind: "numeric", name: "x", min, max, missing: 0, ...header };
  const coloring = columnColoring(
    { ...plain, values: Float32Array.from(values) } as Column,
    "light",
  );
  if (coloring.legend.kind !== "numeric") throw new Error(coloring.legend.kind);
  return { codes: Array.from(coloring.codes), ends: endsText(min, max, coloring.legend) };
}

describe("large numbers", () => {
  it.each([
    [{ base: "1152921504606846976" }, ["1,152,921,504,606,846,976", "+ 2"]],
    [{ base: "-9223372036854775808" }, ["-9,223,372,036,854,775,808", "+ 2"]],
    [{ base: 1.7e9 }, ["1,700,000,000", "1,700,000,002"]],
    [{ base: 20_000_000.5 }, ["20,000,000.5", "20,000,002.5"]],
  ])("keep their differences above %o", (header, ends) => {
    const found = numeric([0, 1, 2], header);
    expect(found.codes).toEqual([0, 127, 254]);
    expect(found.ends).toEqual(ends);
  });

  it("are as short as what lies beside them allows", () => {
    expect(numeric([1000, 1001]).ends).toEqual(["1,000", "1,001"]);
    expect(numeric([0, 1e12]).ends).toEqual(["0", "1e12"]);
    expect(numeric([0.5, 0.50001]).ends[0]).toMatch(/^0\.50000/);
    expect(numeric([-1234, 5678]).ends).toEqual(["-1,234", "5,678"]);
    expect(numberNear(1_700_000_000.25, 0.1)).toBe("1,700,000,000.3");
    expect(numberNear(-0.00012345, 1e-8)).toBe("-0.00012345");
  });

  it("are exact where there is one alone", () => {
    expect(numeric([0, 0], { base: 0.1 }).ends).toEqual(["0.1", "0.1"]);
    expect(numeric([0], { base: 1_700_000_001 }).ends).toEqual(["1,700,000,001", "1,700,000,001"]);
    expect(numeric([0], { base: "1152921504606846977" }).ends[0]).toBe("1,152,921,504,606,846,977");
  });
});

describe("bars", () => {
  it("are named by their ends, or by what is above the least value", () => {
    expect(rangeText([0, 1], 1, 0, {})).toBe("0 to 1");
    expect(rangeText([0.5, 0.5], 0.1, 0, {})).toBe("0.5");
    expect(rangeText([2, 3], 0.25, 0, { base: "1152921504606846976" })).toBe("+ 2 to + 3");
    expect(rangeText([60, 120], 60, 0, { base: 1.7e9, unit: "utc" })).toBe(
      "2023-11-14 22:14 to 2023-11-14 22:15",
    );
    expect(rangeText([60, 66], 6, 0, { base: 1.7e9, unit: "utc" })).toBe("+ 1 min to + 1 min 6 s");
  });
});

describe("dates", () => {
  // 2024-07-02 00:00:00
  const base = 1_719_878_400;
  it.each([
    [4 * 366 * DAY, "2024", "2028"],
    [200 * DAY, "2024-07", "2025-01"],
    [10 * DAY, "2024-07-02", "2024-07-12"],
    [3 * DAY, "2024-07-02 00:00", "2024-07-05 00:00"],
    [3600, "2024-07-02 00:00", "2024-07-02 01:00"],
    [90, "2024-07-02 00:00:00", "+ 1 min 30 s"],
    [0.5, "2024-07-02 00:00:00.0", "+ 0.5 s"],
    [2 ** -20, "2024-07-02 00:00:00.0000000", "+ 9.54e-7 s"],
  ])("are cut by their span of %d s", (span, low, high) => {
    expect(numeric([0, span], { base, unit: "date" }).ends).toEqual([low, high]);
  });

  it("are before 1970, far away, alone, and none at all", () => {
    const text = (seconds: number, step = 3600) =>
      quantityText(0, step, { base: seconds, unit: "date" });
    expect(text(-1)).toBe("1969-12-31 23:59");
    expect(text(-62_135_596_800, DAY)).toBe("0001-01-01");
    expect(text(253_402_300_800, 366 * DAY)).toBe("+010000");
    expect(text(base, 0)).toBe("2024-07-02");
    expect(text(base + 1, 0)).toBe("2024-07-02 00:00:01");
    expect(text(1e300)).toBe("1e300");
  });
});

describe("times and durations", () => {
  it("name the time of the day", () => {
    expect(numeric([0, DAY - 1], { unit: "time" }).ends).toEqual(["00:00", "23:59"]);
    expect(numeric([3661, 3700], { unit: "time" }).ends).toEqual(["01:01:01", "01:01:40"]);
    expect(numeric([1, 1.5], { unit: "time" }).ends).toEqual(["00:00:01.0", "00:00:01.5"]);
  });

  it.each([
    [
      [0, 0.25],
      ["0 s", "0.25 s"],
    ],
    [
      [0, 59],
      ["0 s", "59 s"],
    ],
    [
      [-90, 3700],
      ["-2 min", "1 h 2 min"],
    ],
    [
      [0, 3 * DAY + 4 * 3600],
      ["0 s", "3 d 4 h"],
    ],
    [
      [0, 1000 * DAY],
      ["0 s", "1,000 d"],
    ],
    [
      [3600, 3602.5],
      ["3,600 s", "3,602.5 s"],
    ],
  ])("say how long %j is", (values, ends) => {
    expect(numeric(values, { unit: "duration" }).ends).toEqual(ends);
  });
});

describe("categories in an order", () => {
  const sizes: Column = {
    kind: "category",
    name: "size",
    categories: ["L", "S", "10"],
    counts: [5, 3, 1],
    missing: 0,
    order: [1, 2, 0],
    codes: Uint16Array.of(0, 1, 2),
  };

  it("keep it in the legend; codes and colours go by frequency", () => {
    const { codes, legend } = columnColoring(sizes, "dark");
    const plain = columnColoring({ ...sizes, order: undefined }, "dark").legend;
    if (legend.kind !== "category" || plain.kind !== "category") throw new Error(legend.kind);
    expect(Array.from(codes)).toEqual([0, 1, 2]);
    expect(legend.entries.map(({ label }) => label)).toEqual(["S", "10", "L"]);
    expect(plain.entries.map(({ label }) => label)).toEqual(["L", "S", "10"]);
    for (const { code, css } of legend.entries) expect(css).toBe(plain.entries[code].css);
  });

  it("have those that share a colour last", () => {
    const n = 300;
    const names = Array.from({ length: n }, (_, i) => `c${i}`);
    const order = names.map((_, i) => n - 1 - i);
    const many = { ...sizes, categories: names, counts: names.map(() => 1), order } as Column;
    const { legend } = columnColoring(many, "light");
    if (legend.kind !== "category") throw new Error(legend.kind);
    expect(legend.entries[0].label).toBe("c253");
    expect(legend.entries.at(-1)).toMatchObject({ label: "46 others", code: 254 });
  });
});
