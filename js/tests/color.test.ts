import { describe, expect, it } from "vitest";
import { makeData } from "../demo/fake_data.ts";
import { itemsOfEntry } from "../src/color/bins.ts";
import { partsColoring, withChosen } from "../src/color/chosen_colors.ts";
import {
  categoryPalette,
  chosenColors,
  coincidenceColoring,
  coincidencePalette,
  columnColoring,
  DISTINCT,
  MISSING,
  numericPalette,
  STEPS,
} from "../src/color/color.ts";
import type { Theme } from "../src/ui/theme.ts";
import type { Column } from "../src/wire/model.ts";
import { contrast, difference } from "./contrast.ts";

const GROUND: Record<Theme, string> = { light: "#ffffff", dark: "#14171f" };
const THEMES: Theme[] = ["light", "dark"];

function hexOf(palette: Uint8Array, code: number): string {
  const channels = palette.subarray(code * 4, code * 4 + 3);
  return `#${Array.from(channels, (value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function colors(palette: Uint8Array, n: number): string[] {
  return Array.from({ length: n }, (_, code) => hexOf(palette, code));
}

describe.each(THEMES)("palettes of the %s theme", (theme) => {
  const all = {
    coincidence: colors(coincidencePalette(theme, 10), 11),
    numeric: colors(numericPalette(theme), STEPS),
    difference: colors(numericPalette(theme, 20, "difference"), 21),
    categories: [...colors(categoryPalette(30, theme), DISTINCT + 1), ...chosenColors(theme)],
  };

  it.each(Object.entries(all))("stand out from the background in every step: %s", (_, steps) => {
    for (const css of steps) expect(contrast(css, GROUND[theme]), css).toBeGreaterThanOrEqual(1.9);
  });

  it("are opaque", () => {
    const palette = coincidencePalette(theme, 10);
    expect(palette).toHaveLength(1024);
    expect(palette.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });

  it("tell all categories apart", () => {
    for (const [i, one] of all.categories.entries()) {
      for (const other of all.categories.slice(0, i)) {
        expect(difference(one, other), `${one} ${other}`).toBeGreaterThan(0.07);
      }
    }
  });

  it.each(["protanopia", "deuteranopia"])("tell the first categories apart with %s", (sight) => {
    const first = all.categories.slice(0, 6);
    for (const [i, one] of first.entries()) {
      for (const other of first.slice(0, i)) {
        expect(difference(one, other, sight), `${one} ${other}`).toBeGreaterThan(0.05);
      }
    }
  });

  it.each(["normal", "protanopia", "deuteranopia"])(
    "keep few and many shared apart: %s",
    (sight) => {
      const { coincidence } = all;
      for (const low of coincidence.slice(0, 3)) {
        for (const high of coincidence.slice(-3)) {
          expect(difference(low, high, sight), `${low} ${high}`).toBeGreaterThan(0.15);
        }
      }
    },
  );

  it.each(["normal", "protanopia", "deuteranopia"])("keep A, neither and B apart: %s", (sight) => {
    const { difference: ramp } = all;
    const [a, none, b] = [ramp.slice(0, 5), ramp.slice(9, 12), ramp.slice(-5)];
    const pairs = [...a, ...b].flatMap((one) => none.map((other) => [one, other]));
    for (const [one, other] of [...pairs, ...a.map((one, i) => [one, b[i]])]) {
      expect(difference(one, other, sight), `${one} ${other}`).toBeGreaterThan(0.09);
    }
  });

  it("give missing values a colour that no other item has", () => {
    const palettes = [
      coincidencePalette(theme, 50),
      numericPalette(theme),
      numericPalette(theme, 20, "difference"),
      categoryPalette(30, theme),
    ];
    for (const palette of palettes) {
      const missing = hexOf(palette, MISSING);
      for (const css of colors(palette, STEPS)) expect(css).not.toBe(missing);
    }
  });
});

describe("coincidence colours", () => {
  it("use the counts as codes without a copy", () => {
    const shared = Uint8Array.of(0, 3, 10);
    const { codes, legend } = coincidenceColoring(shared, 10, "light");
    expect(codes).toBe(shared);
    expect(legend).toMatchObject({ kind: "coincidence", k: 10 });
  });

  it("end where what occurs ends, but for one item of a hundred", () => {
    const shared = Uint8Array.from({ length: 300 }, (_, i) => (i === 0 ? 9 : i % 4));
    const { legend, palette } = coincidenceColoring(shared, 10, "light");
    expect(legend).toMatchObject({ low: 0, high: 3, below: 0, above: 1 });
    const ends = coincidencePalette("light", 10);
    expect(hexOf(palette, 0)).toBe(hexOf(ends, 0));
    for (const n of [3, 9]) expect(hexOf(palette, n)).toBe(hexOf(ends, 10));
  });

  it("show how few differ from the rest, and whether all that are alike agree", () => {
    const nearlyAll = Uint8Array.from({ length: 1000 }, (_, i) => (i < 4 ? i : 10));
    expect(coincidenceColoring(nearlyAll, 10, "dark").legend).toMatchObject({ low: 3, high: 10 });
    const alike = (n: number) => {
      const { palette } = coincidenceColoring(new Uint8Array(50).fill(n), 10, "dark");
      return hexOf(palette, n);
    };
    expect(alike(10)).toBe(hexOf(coincidencePalette("dark", 10), 10));
    expect(alike(0)).toBe(hexOf(coincidencePalette("dark", 10), 0));
  });

  it("have ends that only rise with k, so that a slider does not flicker", () => {
    const { shared, n, k_max } = makeData(400, 40);
    let before = { low: 0, high: 0 };
    for (let k = 1; k <= k_max; k++) {
      const { legend } = coincidenceColoring(shared.subarray((k - 1) * n, k * n), k, "light");
      if (legend.kind !== "coincidence") throw new Error(legend.kind);
      expect(legend.low).toBeGreaterThanOrEqual(before.low);
      expect(legend.high).toBeGreaterThanOrEqual(before.high);
      before = legend;
    }
  });

  it("run from the same first to the same last colour at every k", () => {
    const ends = [1, 7, 50].map((k) => {
      const palette = coincidencePalette("light", k);
      return [hexOf(palette, 0), hexOf(palette, k)];
    });
    expect(new Set(ends.map(String)).size).toBe(1);
  });
});

function categories(n: number, codes: number[]): Column {
  return {
    kind: "category",
    name: "kind",
    categories: Array.from({ length: n }, (_, i) => `c${i}`),
    counts: Array.from({ length: n }, () => 1),
    missing: codes.filter((code) => code === 65535).length,
    codes: Uint16Array.from(codes),
  };
}

describe("category colours", () => {
  it("keep a code for each category, so that a grey one can still be selected", () => {
    const { codes, legend } = columnColoring(categories(30, [0, 19, 20, 29, 65535]), "dark");
    expect(Array.from(codes)).toEqual([0, 19, 20, 29, MISSING]);
    if (legend.kind !== "category") throw new Error(legend.kind);
    expect(legend.entries).toHaveLength(30);
    expect(legend.entries[20].css).toBe(legend.entries[29].css);
    expect(legend).toMatchObject({ others: [], missing: 1 });
  });

  it("list numbers by their size and leave codes and colours alone", () => {
    const names = ["10", "-1", "2.5"];
    const named = (list: string[]) => ({ ...categories(3, [0, 1, 2]), categories: list }) as Column;
    const { codes, legend } = columnColoring(named(names), "light");
    const plain = columnColoring(named(["c", "a", "b"]), "light").legend;
    if (legend.kind !== "category" || plain.kind !== "category") throw new Error(legend.kind);
    expect(legend.entries.map(({ label }) => label)).toEqual(["-1", "2.5", "10"]);
    expect(legend.entries.map(({ code }) => code)).toEqual([1, 2, 0]);
    expect(plain.entries.map(({ label }) => label)).toEqual(["c", "a", "b"]);
    for (const { code, css } of legend.entries) expect(css).toBe(plain.entries[code].css);
    expect(Array.from(codes)).toEqual([0, 1, 2]);
  });

  it("lump together what exceeds the codes", () => {
    const { codes, legend } = columnColoring(categories(300, [253, 254, 299]), "light");
    expect(Array.from(codes)).toEqual([253, 254, 254]);
    if (legend.kind !== "category") throw new Error(legend.kind);
    expect(legend.others).toHaveLength(46);
    expect(legend.others[0]).toMatchObject({ label: "c254", code: 254, category: 254 });
    expect(legend.entries.at(-1)).toMatchObject({ label: "46 others", count: 46, code: 254 });
  });
});

describe("colours of what is chosen", () => {
  const rgb = (palette: Uint8Array, code: number) => hexOf(palette, code);

  it("are those of the column where each has its own", () => {
    const few = columnColoring(categories(20, [0, 19]), "light");
    expect(withChosen(few, Uint32Array.of(1), "light")).toBe(few);
    const many = columnColoring(categories(40, [0, 19, 30]), "light");
    expect(withChosen(many, Uint32Array.of(0, 1), "light")).toBe(many);
    expect(withChosen(many, new Uint32Array(0), "light")).toBe(many);
  });

  it("are different ones for up to twenty that had none, most frequent first", () => {
    const codes = Array.from({ length: 60 }, (_, i) => 20 + (i % 25));
    const many = columnColoring(categories(50, codes), "dark");
    const { palette, legend } = withChosen(many, Uint32Array.from(codes.keys()), "dark");
    if (legend.kind !== "category") throw new Error(legend.kind);
    const grey = rgb(many.palette, 49);
    const own = legend.entries.filter(({ code }) => code >= 20 && rgb(palette, code) !== grey);
    expect(own.length).toBeGreaterThanOrEqual(20);
    expect(new Set(own.map(({ css }) => css)).size).toBe(own.length);
    expect(rgb(many.palette, 30)).toBe(grey);
  });

  it("find a label behind the codes, and give it back alone", () => {
    const many = columnColoring(categories(300, [253, 254, 299, 299]), "light");
    const shown = withChosen(many, Uint32Array.of(2), "light");
    if (shown.legend.kind !== "category") throw new Error(shown.legend.kind);
    const entry = shown.legend.others.find(({ label }) => label === "c299");
    expect(entry && Array.from(itemsOfEntry(shown, entry))).toEqual([2, 3]);
    expect(entry?.css).not.toBe(shown.legend.entries[100].css);
  });

  it("tell the parts of a group apart, and what lies elsewhere", () => {
    const group = {
      parts: [
        { name: "food", n_items: 2 },
        { name: "drink", n_items: 1 },
      ],
      items: Uint32Array.of(1, 3, 4, 5),
      codes: Uint16Array.of(0, 1, 65535, 0),
    };
    const { codes, legend, textOf } = partsColoring(group, "it splits", 7, "light");
    expect(Array.from(codes)).toEqual([MISSING, 0, MISSING, 1, 2, 0, MISSING]);
    if (legend.kind !== "category") throw new Error(legend.kind);
    expect(legend.title).toBe("it splits");
    expect(legend.entries.map(({ label, count }) => [label, count])).toEqual([
      ["food", 2],
      ["drink", 1],
      ["elsewhere", 1],
    ]);
    expect([textOf(1), textOf(4), textOf(0)]).toEqual(["food", "elsewhere", "not in it"]);
  });
});

describe("numeric colours", () => {
  const column = (values: number[], min: number, max: number): Column => {
    const missing = values.filter(Number.isNaN).length;
    return { kind: "numeric", name: "score", min, max, missing, values: Float32Array.from(values) };
  };

  it("spread over all steps and keep missing values apart", () => {
    const { codes } = columnColoring(column([-1, 0, 1, Number.NaN], -1, 1), "light");
    expect(Array.from(codes)).toEqual([0, 127, 254, MISSING]);
  });

  it("are one for each step, clipped at the end", () => {
    const shares = { ...column([0, 0.3, 1, Number.NaN], 0, 1), steps: 10 } as Column;
    const { codes, legend } = columnColoring(shares, "light");
    expect(Array.from(codes)).toEqual([0, 3, 10, MISSING]);
    expect(legend).toMatchObject({ last: 10, stepped: true, above: 0 });
    const counts = { ...column([0, 4, 90], 0, 4), steps: 4, above: 1 } as Column;
    expect(Array.from(columnColoring(counts, "light").codes)).toEqual([0, 4, 4]);
    expect(columnColoring(counts, "light").legend).toMatchObject({ above: 1 });
  });

  it("take a difference around its middle", () => {
    const wins = { ...column([-1, 0, 0.5, 1], -1, 1), kind: "difference", steps: 20 } as Column;
    expect(Array.from(columnColoring(wins, "dark").codes)).toEqual([0, 10, 15, 20]);
    const many = { ...wins, steps: 400 } as Column;
    expect(Array.from(columnColoring(many, "dark").codes)).toEqual([0, 127, 191, 254]);
  });

  it("survive a constant column and infinities", () => {
    expect(Array.from(columnColoring(column([5, 5], 5, 5), "light").codes)).toEqual([0, 0]);
    const { codes } = columnColoring(
      column([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], 0, 1),
      "light",
    );
    expect(Array.from(codes)).toEqual([0, 254]);
  });
});
