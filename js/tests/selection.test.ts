import { describe, expect, it } from "vitest";
import {
  combine,
  decodeSelection,
  encodeSelection,
  fromMask,
  itemsInText,
  type SelectMode,
  selectionText,
  toMask,
} from "../src/wire/selection.ts";

const items = (...list: number[]) => Uint32Array.from(list);
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

describe("masks", () => {
  it("hold item 0 and the last one", () => {
    expect(Array.from(toMask(items(0, 3), 4))).toEqual([1, 0, 0, 1]);
    expect(Array.from(fromMask(Uint8Array.of(1, 0, 0, 1)))).toEqual([0, 3]);
  });
});

describe("combine", () => {
  const cases: [SelectMode, number[], number[], number[]][] = [
    ["replace", [1, 2], [5], [5]],
    ["replace", [1, 2], [], []],
    ["add", [0, 4], [2, 4, 9], [0, 2, 4, 9]],
    ["add", [], [0], [0]],
    ["add", [7], [], [7]],
    ["subtract", [0, 2, 4, 9], [0, 4, 5], [2, 9]],
    ["subtract", [3], [3], []],
    ["subtract", [], [3], []],
  ];
  it.each(cases)("%s: %j and %j give %j", (mode, current, gesture, result) => {
    expect(Array.from(combine(items(...current), items(...gesture), mode))).toEqual(result);
  });
});

describe("on the wire", () => {
  it("a few items are written as little-endian positions", () => {
    const { encoding, buffer } = encodeSelection(items(0, 258), 1000);
    expect(encoding).toBe("positions");
    expect(Array.from(buffer)).toEqual([0, 0, 0, 0, 2, 1, 0, 0]);
  });

  it("many items are written as bits, the lowest first", () => {
    const { encoding, buffer } = encodeSelection(items(0, 1, 9), 12);
    expect(encoding).toBe("mask");
    expect(Array.from(buffer)).toEqual([0b11, 0b10]);
  });

  it.each([
    [0, 0],
    [1, 1],
    [9, 0],
    [1000, 3],
    [1000, 999],
    [1001, 1001],
  ])("of %d items, %d come back as they were", (n, count) => {
    const sent = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
    const { encoding, buffer } = encodeSelection(sent, n);
    expect(decodeSelection(encoding, view(buffer), n)).toEqual(sent);
  });

  it.each([
    [1000, [], ""],
    [1000, [3], "positions:AwAAAA=="],
    [10, [0, 1, 9], "mask:AwI="],
  ])("of %d items, %j are the text %s", (n, rows, text) => {
    expect(selectionText(items(...rows), n)).toBe(text);
    expect(Array.from(itemsInText(text, n))).toEqual(rows);
  });

  it("a text of hundred thousand rows is written and read", () => {
    const even = Uint32Array.from({ length: 200_000 }, (_, i) => 2 * i);
    expect(itemsInText(selectionText(even, 400_000), 400_000)).toEqual(even);
  });

  it("reads buffers that begin anywhere, in any order, and leaves out what is no item", () => {
    const bytes = new Uint8Array(1 + 3 * 4);
    const data = new DataView(bytes.buffer, 1);
    for (const [i, item] of [7, 2, 10].entries()) data.setUint32(4 * i, item, true);
    expect(Array.from(decodeSelection("positions", data, 10))).toEqual([2, 7]);
  });

  it("a selection of a million items stays far under ten megabytes", () => {
    const all = Uint32Array.from({ length: 1_000_000 }, (_, i) => i);
    expect(encodeSelection(all, all.length).buffer.byteLength).toBe(125_000);
  });
});
