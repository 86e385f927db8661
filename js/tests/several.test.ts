import { afterEach, describe, expect, it } from "vitest";
import { FakeSpacesKernel, type FakeSpacesOptions } from "../demo/fake_spaces.ts";
import type { TwoOf } from "../src/wire/model.ts";
import { PageAnswers } from "../src/wire/page/answers.ts";
import { Store } from "../src/wire/store.ts";

const [N, K_MAX, K] = [40, 8, 8];
const opened: Store[] = [];

async function open(options: Partial<FakeSpacesOptions> = {}) {
  const kernel = new FakeSpacesKernel({ n: N, kMax: K_MAX, spaces: 4, turnMs: null, ...options });
  const store = new Store(kernel);
  opened.push(store);
  await turn();
  return { kernel, store };
}

const turn = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Neighbours that two of the spaces share, from their lists. */
function sharedBy(kernel: FakeSpacesKernel, [a, b]: TwoOf, k: number): Uint8Array {
  const list = (space: number, item: number) =>
    Array.from(kernel.several[space].indices.subarray(item * K_MAX, item * K_MAX + k));
  return Uint8Array.from({ length: N }, (_, item) => {
    const other = list(b, item);
    return list(a, item).filter((near) => other.includes(near)).length;
  });
}

function asked(kernel: FakeSpacesKernel, kind: string) {
  return kernel.received.flatMap((message) =>
    message.type === "ask" && message.kind === kind ? [message.args] : [],
  );
}

/** Whether a promise is still open after all that could keep it. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => false), turn(20).then(() => true)]);
}

afterEach(() => {
  for (const store of opened.splice(0)) store.destroy();
});

describe("a pair that the kernel has not turned to", () => {
  it("is told of by what the page knows, and by the kernel once it has", async () => {
    const { kernel, store } = await open();
    const before = store.get("curve");
    store.choosePair([3, 1]);
    expect(store.get("pair")).toEqual([3, 1]);
    expect(store.get("space_a").name).toBe(kernel.get("spaces")[3].name);
    expect(store.get("space_b").name).toBe(kernel.get("spaces")[1].name);
    const counts = sharedBy(kernel, [3, 1], K);
    const curve = store.get("curve");
    const jaccard = counts.reduce((sum, m) => sum + m / (2 * K - m), 0) / N;
    expect(curve).toHaveLength(K_MAX);
    expect(curve).not.toEqual(before);
    expect(curve[K - 1][0]).toBeCloseTo(jaccard, 6);
    expect(curve[K - 1][3]).toBeCloseTo(K / (2 * (N - 1)), 12);
    expect(store.get("mean_shared")[K - 1]).toBeCloseTo(counts.reduce((s, m) => s + m, 0) / N, 6);
    expect([store.get("chance"), store.get("quality"), store.get("faithfulness")]).toEqual([
      null,
      null,
      null,
    ]);
    expect(store.get("numbers").quality.state).toBe("coming");
    let told = 0;
    store.watch(["quality", "numbers"], () => told++);
    kernel.turn();
    expect(told).toBeGreaterThan(0);
    expect(store.get("quality")).toBe(kernel.get("quality"));
    expect(store.get("numbers").quality.state).toBe("known");
  });

  it("says that nothing more comes from a kernel that is gone", async () => {
    const { kernel, store } = await open();
    store.choosePair([3, 1]);
    kernel.restart();
    store.set("k", 3);
    await turn(150);
    expect(store.get("numbers").chance.state).toBe("stopped");
  });

  it("is followed when Python chooses it", async () => {
    const { kernel, store } = await open();
    const maps: Uint16Array[] = [];
    store.events.on("positions", ({ a, b }) => maps.push(a, b));
    kernel.setPair([2, 3]);
    expect(store.several.pair).toEqual([2, 3]);
    expect(maps).toEqual([kernel.several[2].frame, kernel.several[3].frame]);
  });
});

describe("shared neighbours of any two", () => {
  it("are counted in the page where the graphs are here", async () => {
    const { kernel, store } = await open();
    store.choosePair([1, 3]);
    expect(store.shared(5)).toEqual(sharedBy(kernel, [1, 3], 5));
    expect(asked(kernel, "pair_shared").map((args) => (args as { a: number }).a)).not.toContain(1);
    const lists = await store.neighbors(7);
    expect(lists.indices_b).toEqual(kernel.several[3].indices.subarray(7 * K_MAX, 8 * K_MAX));
    expect(asked(kernel, "neighbors")).toEqual([]);
  });

  it("are asked for once where they are not, and one step ahead", async () => {
    const { kernel, store } = await open({ withheld: ["graphs"] });
    kernel.received.length = 0;
    store.choosePair([1, 3], { isPassing: true });
    store.several.lookAhead([2, 3], 5);
    expect(await store.shared(5)).toEqual(sharedBy(kernel, [1, 3], 5));
    store.choosePair([2, 3], { isPassing: true });
    expect(store.shared(5)).toEqual(sharedBy(kernel, [2, 3], 5));
    // In either order they are the same.
    store.choosePair([3, 1], { isPassing: true });
    expect(store.shared(5)).toEqual(sharedBy(kernel, [3, 1], 5));
    expect(asked(kernel, "pair_shared")).toHaveLength(2);
    expect(kernel.saved.pair).toBeUndefined();
  });

  it("of the pair that the kernel is at are kept while others are looked at", async () => {
    const { kernel, store } = await open({ withheld: ["graphs"] });
    store.choosePair([2, 3]);
    const pair: TwoOf = [2, 3];
    const other = new Uint8Array(N * K_MAX).fill(77);
    kernel.emit({ type: "shared", version: 99, k_max: K_MAX, pair: [0, 1] }, [other]);
    expect(await store.shared(4)).toEqual(sharedBy(kernel, pair, 4));
    store.choosePair([0, 1]);
    expect(store.shared(4)).toEqual(other.subarray(0, N));
  });

  it("are refused by a page without the neighbours of each space", () => {
    const nothing = {
      items: [],
      positions: null,
      graph: null,
      shared: null,
      copyOf: null,
      labels: null,
      columns: new Map(),
      quality: null,
      groups: null,
      spaces: null,
    };
    const answers = new PageAnswers(N, 0, nothing);
    const question = { kind: "pair_shared", args: { a: 0, b: 1, k: 3 } } as const;
    expect(() => answers.answer(question)).toThrow("does not know the neighbours in each space");
  });
});

describe("questions of a pair", () => {
  it("leave after the choice, so that the right pair answers", async () => {
    const { kernel, store } = await open({ withheld: ["graphs", "graph"] });
    store.choosePair([2, 1]);
    expect(kernel.saved.pair).toBeUndefined();
    void store.neighbors(3);
    expect(kernel.saved.pair).toEqual([2, 1]);
    expect(asked(kernel, "neighbors")).toEqual([{ item: 3 }]);
  });

  it("wait while one passes by, and are dropped when the pair changes", async () => {
    const { kernel, store } = await open({ withheld: ["graphs", "graph"] });
    store.choosePair([2, 1], { isPassing: true });
    const passed = store.neighbors(3);
    store.choosePair([2, 3], { isPassing: true });
    const last = store.neighbors(4);
    expect(asked(kernel, "neighbors")).toEqual([]);
    store.restPair();
    await last;
    expect(asked(kernel, "neighbors")).toEqual([{ item: 4 }]);
    expect(kernel.saved.pair).toEqual([2, 3]);
    expect(await isOpen(passed)).toBe(true);
  });

  it("are asked anew, and late answers are nobody's; what is of the items stays", async () => {
    const { kernel, store } = await open({ withheld: ["graphs", "graph"] });
    await Promise.all([
      store.answers.quality(),
      store.answers.column("group_a"),
      store.answers.column("kind"),
    ]);
    kernel.alive = false;
    const late = store.answers.groups();
    const { request } = kernel.received.at(-1) as { request: number };
    store.choosePair([2, 1]);
    kernel.alive = true;
    kernel.emit({ type: "reply", request, result: { rows: [] }, error: "" }, []);
    expect(await isOpen(late)).toBe(true);
    await Promise.all([
      store.answers.quality(),
      store.answers.column("group_a"),
      store.answers.column("kind"),
    ]);
    expect(asked(kernel, "quality")).toHaveLength(2);
    expect(asked(kernel, "column").map((args) => (args as { name: string }).name)).toEqual([
      "group_a",
      "kind",
      "group_a",
    ]);
  });
});
