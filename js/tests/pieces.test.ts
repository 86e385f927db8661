import { describe, expect, it } from "vitest";
import type { FromKernel, Piece } from "../src/wire/model.ts";
import { Pieces } from "../src/wire/pieces.ts";

const WHOLE: FromKernel = { type: "shared", version: 1, k_max: 2, pair: [0, 1] };

const bytes = (...values: number[]): DataView => new DataView(Uint8Array.from(values).buffer);

function piece(index: number, more: Partial<Piece> = {}): Piece {
  const first = index === 0 ? { whole: WHOLE, sizes: [3, 0, 2] } : {};
  return { type: "piece", transfer: 7, index, ...first, ...more };
}

describe("pieces", () => {
  it("fill the buffers one after the other, and tell how far they are", () => {
    const pieces = new Pieces();
    expect(pieces.arriving).toBeNull();
    expect(pieces.add(piece(0), bytes(1, 2))).toBeNull();
    expect(pieces.arriving).toEqual({ whole: WHOLE, share: 2 / 5 });
    expect(pieces.add(piece(1), bytes(3))).toBeNull();
    const made = pieces.add(piece(2), bytes(4, 5));
    expect(made?.whole).toEqual(WHOLE);
    expect(made?.buffers.map((view) => [...new Uint8Array(view.buffer)])).toEqual([
      [1, 2, 3],
      [],
      [4, 5],
    ]);
    expect(pieces.arriving).toBeNull();
  });

  it("hold the message itself where that is long, behind its own buffers", () => {
    const reply: FromKernel = { type: "reply", request: 1, result: ["ä"], error: "" };
    const written = new TextEncoder().encode(JSON.stringify(reply));
    const pieces = new Pieces();
    const whole: FromKernel = { type: "written" };
    expect(pieces.add(piece(0, { whole, sizes: [2, written.length] }), bytes(1, 2))).toBeNull();
    const made = pieces.add(piece(1), new DataView(written.buffer));
    expect(made?.whole).toEqual(reply);
    expect(made?.buffers.map((view) => [...new Uint8Array(view.buffer)])).toEqual([[1, 2]]);
  });

  it("of a transfer whose beginning was not heard are left aside", () => {
    const pieces = new Pieces();
    expect(pieces.add(piece(1), bytes(3))).toBeNull();
    expect(pieces.arriving).toBeNull();
  });

  it.each([
    ["one is missing", piece(2), bytes(3)],
    ["one comes twice", piece(0, { whole: undefined }), bytes(1)],
    ["one is of another message", piece(1, { transfer: 8 }), bytes(3)],
    ["one is longer than its buffer", piece(1), bytes(3, 4)],
    ["one is empty", piece(1), bytes()],
    ["one has no buffer", piece(1), undefined],
  ])("are given up when %s", (_, next, data) => {
    const pieces = new Pieces();
    pieces.add(piece(0), bytes(1, 2));
    expect(() => pieces.add(next, data)).toThrow("damaged");
    expect(pieces.arriving).toBeNull();
    // What comes after belongs to nothing.
    expect(pieces.add(piece(3), bytes(4))).toBeNull();
  });

  it.each([[[]], [[0]], [[-1, 4]], [[0.5]], [[2 ** 31]], [[Number.NaN]]])(
    "of the sizes %j are refused",
    (sizes) => {
      expect(() => new Pieces().add(piece(0, { sizes }), bytes(1))).toThrow("damaged");
    },
  );
});
