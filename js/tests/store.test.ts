import { afterEach, describe, expect, it } from "vitest";
import { makeData } from "../demo/fake_data.ts";
import { FakeKernel, type FakeOptions } from "../demo/fake_kernel.ts";
import type { FromKernel, FromScreen } from "../src/wire/model.ts";
import { Store } from "../src/wire/store.ts";

const N = 40;
const opened: Store[] = [];

function open(options: FakeOptions = {}): { kernel: FakeKernel; store: Store } {
  const kernel = new FakeKernel(makeData(N, 8), options);
  const store = new Store(kernel);
  opened.push(store);
  return { kernel, store };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

function sent<T extends FromScreen["type"]>(kernel: FakeKernel, type: T) {
  return kernel.received.filter((message) => message.type === type);
}

afterEach(() => {
  for (const store of opened.splice(0)) store.destroy();
});

describe("a page that listened from the start", () => {
  it("lacks nothing and fetches nothing", async () => {
    const { kernel, store } = open();
    await turn();
    kernel.emit({ type: "holds", versions: kernel.versions }, []);
    await turn();
    expect(store.positions?.a.length).toBe(2 * N);
    expect(sent(kernel, "fetch")).toEqual([]);
  });
});

describe("a page that came late", () => {
  it("fetches what it lacks, and no more", async () => {
    const { kernel, store: first } = open();
    await turn();
    let heard = 0;
    first.events.on("positions", () => heard++);
    kernel.alive = false;
    const late = new Store(kernel);
    opened.push(late);
    late.events.on("positions", () => heard++);
    kernel.alive = true;
    const { positions, shared } = kernel.versions;
    kernel.emit({ type: "holds", versions: { positions, shared } }, []);
    await turn();
    expect(sent(kernel, "fetch")).toEqual([{ type: "fetch", parts: ["positions", "shared"] }]);
    expect(late.shared(3)).toEqual(kernel.data.shared.subarray(2 * N, 3 * N));
    // What one page fetches reaches the other too, to which it is nothing new.
    expect(heard).toBe(1);
  });

  it("does not fetch what is on its way", async () => {
    const { kernel, store } = open({ send: "none" });
    const whole: FromKernel = { type: "shared", version: 1, k_max: 8, pair: [0, 1] };
    const counts = kernel.data.shared;
    const sizes = [counts.length];
    const arriving: (number | undefined)[] = [];
    store.events.on("arriving", (state) => arriving.push(state?.share));
    kernel.emit({ type: "piece", transfer: 1, index: 0, whole, sizes }, [counts.subarray(0, N)]);
    kernel.emit({ type: "holds", versions: { shared: 1 } }, []);
    kernel.emit({ type: "piece", transfer: 1, index: 1 }, [counts.subarray(N)]);
    expect(arriving).toEqual([1 / 8, undefined]);
    kernel.set("curve", [[0.5, 0.4, 0.6, 0.1]]);
    expect(store.shared(1)).toEqual(counts.subarray(0, N));
    expect(sent(kernel, "fetch")).toEqual([]);
  });

  it("says so when a message is damaged, and goes on", async () => {
    const { kernel, store } = open({ send: "none" });
    const failures: string[] = [];
    store.events.on("failure", (message) => failures.push(message));
    const whole: FromKernel = { type: "shared", version: 1, k_max: 8, pair: [0, 1] };
    const first = kernel.data.shared.subarray(0, N);
    kernel.emit({ type: "piece", transfer: 1, index: 0, whole, sizes: [8 * N] }, [first]);
    kernel.emit({ type: "piece", transfer: 1, index: 2 }, [first]);
    expect(failures).toHaveLength(1);
    expect(store.arriving).toBeNull();
    kernel.sendAll("all");
    expect(store.shared(8)).toEqual(kernel.data.shared.subarray(7 * N));
  });
});

describe("the neighbours of an item", () => {
  it.each([[[]], [["graph" as const]]])(
    "end where none was found; withheld: %j",
    async (withheld) => {
      const { kernel, store } = open({ withheld });
      // -1 in the kernel's int32.
      kernel.data.indices_b.fill(2 ** 32 - 1, 3 * 8 + 5, 4 * 8);
      await turn();
      const { data } = kernel;
      const lists = await store.neighbors(3);
      expect(lists.indices_a).toEqual(data.indices_a.subarray(24, 32));
      expect(lists.indices_b).toEqual(data.indices_b.subarray(24, 29));
      expect(lists.distances_b).toEqual(data.distances_b.subarray(24, 29));
      expect((await store.neighbors(4)).indices_b).toHaveLength(8);
    },
  );
});

describe("counts that stay in the kernel", () => {
  it("are asked for one at a time, and of those that wait only the last", async () => {
    const { kernel, store } = open({ withheld: ["shared"] });
    await turn();
    const answers = [2, 3, 4, 5].map((k) => store.shared(k));
    const found = await Promise.all(answers);
    const at = (k: number) => kernel.data.shared.subarray((k - 1) * N, k * N);
    expect(found).toEqual([at(2), null, null, at(5)]);
    const asked = kernel.received.flatMap((message) =>
      message.type === "ask" && message.kind === "shared" ? [message.args.k] : [],
    );
    expect(asked).toEqual([2, 5]);
    // One that was passed over is asked for when it is wanted again.
    expect(await store.shared(3)).toEqual(at(3));
  });
});
