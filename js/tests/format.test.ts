import { describe, expect, it } from "vitest";
import {
  clip,
  count,
  decimalsFor,
  engineName,
  number,
  percent,
  plural,
  score,
  timeLeft,
} from "../src/ui/format.ts";

describe("counts", () => {
  it("are grouped by thousands", () => {
    expect([0, 999, 1797, 1_000_000].map(count)).toEqual(["0", "999", "1,797", "1,000,000"]);
  });

  it("agree with their noun", () => {
    expect([0, 1, 1797].map((n) => plural(n, "item"))).toEqual([
      "0 items",
      "1 item",
      "1,797 items",
    ]);
  });
});

describe("time left", () => {
  it("is no finer than a guess is", () => {
    const seconds = [0.4, 4, 12, 37, 85, 100, 170, 3600, 6 * 3600];
    expect(seconds.map(timeLeft)).toEqual([
      "a few seconds left",
      "about 5 s left",
      "about 10 s left",
      "about 40 s left",
      "about 2 min left",
      "about 2 min left",
      "about 3 min left",
      "about 60 min left",
      "about 6 h left",
    ]);
  });
});

describe("scores", () => {
  it("have three decimals", () => {
    expect([0.2351, 0.01, 1].map(score)).toEqual(["0.235", "0.010", "1.000"]);
  });

  it("keep two digits when they are small, instead of becoming zero", () => {
    expect([0.0032, 0.00028, -0.0032, 0].map(score)).toEqual(["0.0032", "0.00028", "-0.0032", "0"]);
  });
});

describe("percentages", () => {
  it("never round something to nothing, nor a part to the whole", () => {
    expect([0, 0.001, 0.124, 0.999, 1].map(percent)).toEqual([
      "0 %",
      "< 1 %",
      "12 %",
      "> 99 %",
      "100 %",
    ]);
  });
});

describe("decimals of a column", () => {
  it("give the largest value four digits", () => {
    expect(decimalsFor([0.0584, 0.1153])).toBe(4);
    expect(decimalsFor([1.186, 3.294])).toBe(3);
    expect(decimalsFor([-1234.5, 2])).toBe(0);
  });

  it("do not fall over zeros, infinities and nothing at all", () => {
    expect(decimalsFor([0, 0])).toBe(3);
    expect(decimalsFor([Number.POSITIVE_INFINITY, 2])).toBe(3);
    expect(decimalsFor([])).toBe(3);
  });
});

describe("numbers of any size", () => {
  it("take about four digits", () => {
    expect([0, 0.5, 2.8906, -1234.6, 12345, 999.96].map(number)).toEqual([
      "0",
      "0.5",
      "2.891",
      "-1,235",
      "12,345",
      "1,000",
    ]);
  });

  it("are written with a power of ten when they are tiny or huge", () => {
    expect([1.25e-7, 3e12, Number.NaN].map(number)).toEqual(["1.25e-7", "3e12", "NaN"]);
  });
});

describe("clipped text", () => {
  it("is left alone when it is short enough", () => {
    expect(clip("digit", 5)).toBe("digit");
  });

  it("ends in an ellipsis within the length", () => {
    expect(clip("a long gloss", 7)).toBe("a long…");
  });

  it("never cuts a character in two", () => {
    expect(clip("😀😀😀", 2)).toBe("😀…");
  });
});

describe("names", () => {
  it("say how the neighbours were found", () => {
    expect(engineName("", null)).toBe("");
    expect(engineName("exact", null)).toBe("exact");
    expect(engineName("nndescent", 0.9931)).toBe("~0.993 recall");
  });
});
