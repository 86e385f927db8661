import { describe, expect, it } from "vitest";
import { neighborsTable } from "../src/panels/neighbors_csv.ts";
import { stepIn } from "../src/panels/walk.ts";
import { cutToRoom, flow } from "../src/ui/paint.ts";
import type { Row } from "../src/wire/model.ts";

const row = (item: number): Row => ({
  ...{ item, id: `id ${item}`, label: `l${item % 2}`, labels: [`l${item % 2}`] },
  ...{ text: `text ${item}`, shown: [`s${item}`], image: null },
});

describe("a walk", () => {
  it("goes round, and begins where nothing of it is in focus", () => {
    const items = Uint32Array.of(2, 5, 9);
    expect([2, 5, 9].map((at) => stepIn(items, at, 1))).toEqual([5, 9, 2]);
    expect([2, 5, 9].map((at) => stepIn(items, at, -1))).toEqual([9, 2, 5]);
    expect([stepIn(items, null, 1), stepIn(items, 7, -1)]).toEqual([2, 9]);
  });
});

describe("the neighbours as a table", () => {
  const lists = {
    indices_a: Uint32Array.of(3, 1, 4),
    distances_a: Float32Array.of(0.1, 0.25, 1),
    indices_b: Uint32Array.of(4),
    distances_b: Float32Array.of(2),
  };
  const rows = new Map([1, 3, 4].map((item) => [item, row(item)]));
  const known = { k: 2, lists, rows };

  it("has a row a rank, and gaps where an engine found none", () => {
    const table = neighborsTable({ ...known, labelName: "", textName: "", show: [] });
    expect(table.head.join(" ")).toBe(
      "rank id_a distance_a rank_in_b shared_a id_b distance_b rank_in_a shared_b",
    );
    expect(table.rows).toEqual([
      [1, "id 3", 0.1, null, "False", "id 4", 2, 3, "False"],
      [2, "id 1", 0.25, null, "False", null, null, null, "False"],
    ]);
  });

  it("gives a column of a name that is there already another", () => {
    const options = { labelName: "kind", textName: "title", show: ["text", "label", "id"] };
    const { head } = neighborsTable({ ...known, ...options });
    expect(head.slice(1, 9).join(" ")).toBe(
      "id_a text_a text__a label__a id__a distance_a rank_in_b shared_a",
    );
    expect(new Set(head).size).toBe(head.length);
  });
});

describe("words on a picture", () => {
  const context = { measureText: (text: string) => ({ width: 10 * Array.from(text).length }) };

  it("are cut where the room ends", () => {
    expect(cutToRoom(context, "abcdef", 60)).toBe("abcdef");
    expect(cutToRoom(context, "abcdef", 59)).toBe("abcd…");
    expect(cutToRoom(context, "🙂🙂🙂", 20)).toBe("🙂…");
    expect(cutToRoom(context, "abc", 5)).toBe("");
  });

  it("flow into lines, and none is lost", () => {
    const width = (text: string) => 10 * text.length;
    const parts = ["aaa", "bb", "cccccc", "d"];
    expect(flow(parts, width, 60, 10)).toEqual([["aaa", "bb"], ["cccccc"], ["d"]]);
    expect(flow(parts, width, 1).flat()).toEqual(parts);
    expect(flow([], width, 60)).toEqual([]);
  });
});
