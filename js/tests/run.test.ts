import { describe, expect, it } from "vitest";
import { askedIn, isSame, linkOf, USUAL, wordsOf } from "../src/run/asked.ts";
import { datasetsIn } from "../src/run/listed.ts";
import { recents, remember } from "../src/run/recent.ts";
import { ageOf } from "../src/run/stage.ts";
import { packed, unpacked } from "../src/wire/frames.ts";
import type { Traits } from "../src/wire/model.ts";
import { SocketModel } from "../src/wire/socket_model.ts";

const ASKED = { ...USUAL, a: "a&b #1", b: "ü=</script>", k: 7, label: "kind" };

/** As much of a browser's storage as is used. */
function storage(held: Record<string, string> = {}, isFull = false): Storage {
  return {
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, value: string) => {
      if (isFull) throw new Error("full");
      held[key] = value;
    },
  } as unknown as Storage;
}

describe("a link", () => {
  it("opens what it was made of, whatever is in a name", () => {
    const read = askedIn(linkOf(ASKED));
    expect({ ...USUAL, ...read }).toEqual(ASKED);
    expect(isSame({ ...USUAL, ...read }, ASKED)).toBe(true);
    // No label is another wish than none said.
    expect(askedIn(linkOf({ ...ASKED, label: "" }))?.label).toBe("");
    expect(askedIn("#a=x&b=y")).toEqual({ a: "x", b: "y" });
  });

  it("without two spaces is none, and nonsense in it is left out", () => {
    for (const hash of ["", "#", "#a=x", "#b=y", "#a=&b=y", "#k=3"]) {
      expect(askedIn(hash)).toBeNull();
    }
    expect(askedIn("#a=x&b=y&k=-1&path=/etc&k_max=3")).toEqual({ a: "x", b: "y" });
    expect(askedIn("#a=x&b=y&k=99999")).toEqual({ a: "x", b: "y" });
  });

  it("is said in words", () => {
    expect(wordsOf(ASKED).detail).toBe("k 7 · umap · label kind");
    expect(wordsOf({ ...ASKED, metric: "inner_product" }).detail).toContain("inner product");
  });
});

describe("what was opened last", () => {
  it("is kept newest first, each once, eight at most", () => {
    const held = storage();
    for (let k = 1; k <= 10; k++) remember(held, { ...ASKED, k }, k);
    remember(held, { ...ASKED, k: 5 }, 11);
    expect(recents(held).map(({ asked }) => asked.k)).toEqual([5, 10, 9, 8, 7, 6, 4, 3]);
  });

  it("passes over what makes no sense, and a browser that keeps nothing", () => {
    const odd = [{ asked: ASKED, at: 1 }, null, 3, { at: 2 }, { asked: { a: 1 }, at: 2 }];
    expect(recents(storage({ "embwidget recent": JSON.stringify(odd) }))).toHaveLength(1);
    expect(recents(storage({ "embwidget recent": "{" }))).toEqual([]);
    expect(recents(storage({ "embwidget recent": "{}" }))).toEqual([]);
    remember(storage({}, true), ASKED, 1);
  });

  it("is told by its age", () => {
    expect([0, 5, 130, 4000].map((minutes) => ageOf(minutes * 60_000))).toEqual([
      "just now",
      "5 min ago",
      "2 h ago",
      "2 days ago",
    ]);
  });
});

describe("a frame", () => {
  it("comes back as it went, with buffers of any length beside it", () => {
    const parts = [new Float32Array([1.5, -2]), new Uint8Array([7]), new Uint8Array(0)];
    for (const name of ["x", "xy", "xyz", "ü\ud83d\ude00"]) {
      const { head, buffers } = unpacked(packed({ type: name }, parts));
      expect(head).toEqual({ type: name, sizes: [8, 1, 0] });
      expect(buffers[0].byteOffset % 4).toBe(0);
      expect(buffers[0].getFloat32(4, true)).toBe(-2);
      expect(buffers[1].getUint8(0)).toBe(7);
    }
  });
});

describe("the model of a socket", () => {
  it("tells the server what was set, when it is saved, and hears of what changed", () => {
    const said: unknown[] = [];
    const model = new SocketModel({ k: 3, height: 400 } as Traits, (head) => said.push(head));
    const heard: unknown[] = [];
    const listener = () => heard.push(model.get("k"));
    model.on("change:k", listener);
    model.save_changes();
    model.set("k", 4);
    model.save_changes();
    model.save_changes();
    expect(said).toEqual([{ type: "traits", state: { k: 4 } }]);
    model.take({ k: 9, height: 300 });
    expect(heard).toEqual([4, 9]);
    expect(model.get("height")).toBe(300);
    model.off("change:k", listener);
    model.take({ k: 1 });
    expect(heard).toEqual([4, 9]);
  });

  it("hands messages on, both ways", () => {
    const said: unknown[] = [];
    const model = new SocketModel({} as Traits, (head) => void said.push(head));
    model.send({ type: "ready" });
    expect(said).toEqual([{ type: "custom", content: { type: "ready" } }]);
    const heard: unknown[] = [];
    model.on("msg:custom", (...args: unknown[]) => heard.push(args));
    model.hear({ type: "holds" }, []);
    expect(heard).toEqual([[{ type: "holds" }, []]]);
    model.off("msg:custom");
    model.hear({ type: "holds" }, []);
    expect(heard).toHaveLength(1);
  });
});

it("datasets in which there is something to compare come first", () => {
  const spaces = [
    ["x", "one"],
    ["y", "two"],
    ["z", "two"],
  ].map(([name, dataset]) => ({ name, dataset, n: 1, dims: 1, is_file: false }));
  const usual = { metrics: [], reducers: [], k_max: 9, start: {}, version: "", error: "" };
  expect(datasetsIn({ spaces, ...usual })).toEqual(["two", "one"]);
});
