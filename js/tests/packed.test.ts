import { describe, expect, it } from "vitest";
import { distancesOf } from "../src/wire/page/distances.ts";
import { toArray } from "../src/wire/page/parts.ts";

describe("an array of a file", () => {
  it("has its planes put together, and those that were left out are 0", () => {
    const bytes = Uint8Array.of(1, 2, 255, 3, 0, 1);
    const found = toArray(bytes, { codec: "array", dtype: "uint32", planes: 2 });
    expect(Array.from(found)).toEqual([1 + 3 * 256, 2, 255 + 256]);
  });

  it("keeps numbers that are not whole", () => {
    const wanted = Float32Array.of(1.5, -0.25, Number.NaN, 1e30);
    const bytes = new Uint8Array(wanted.buffer);
    const planes = Uint8Array.from(bytes, (_, at) => bytes[4 * (at % 4) + Math.floor(at / 4)]);
    const found = toArray(planes, { codec: "array", dtype: "float32", planes: 4 });
    expect(found).toEqual(wanted);
  });

  it("may be empty", () => {
    const found = toArray(new Uint8Array(0), { codec: "array", dtype: "uint16", planes: 1 });
    expect(found).toEqual(new Uint16Array(0));
  });
});

describe("distances of a file", () => {
  it("are whole numbers on a scale of steps", () => {
    const table = distancesOf({ kind: "steps", low: -3 });
    expect([table[0], table[3], table[65534], table[65535]]).toEqual([-3, 0, 65531, Infinity]);
  });

  it("grow by one factor on both sides of 0", () => {
    const table = distancesOf({ kind: "log", zero: 100, least: 0.5, step: Math.log(2) });
    const near = [97, 98, 99, 100, 101, 102, 103].map((code) => table[code]);
    expect(near).toEqual([-2, -1, -0.5, 0, 0.5, 1, 2].map(Math.fround));
  });
});
