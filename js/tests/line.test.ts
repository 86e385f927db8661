import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeData } from "../demo/fake_data.ts";
import { FakeKernel } from "../demo/fake_kernel.ts";
import { PATIENCE_MS } from "../src/wire/channel.ts";
import type { LineState } from "../src/wire/line.ts";
import { Store } from "../src/wire/store.ts";

type Slot = (sender: unknown, status: unknown) => void;

/** What JupyterLab's kernels tell by. */
class FakeSignal {
  readonly slots = new Set<Slot>();
  connect(slot: Slot): void {
    this.slots.add(slot);
  }
  disconnect(slot: Slot): void {
    this.slots.delete(slot);
  }
  emit(status?: string): void {
    for (const slot of this.slots) slot(this, status);
  }
}

const stores: Store[] = [];

/** A page while the neighbours are found, in a host that shows its kernel. */
function open() {
  const kernel = new FakeKernel(makeData(40, 8), { send: "maps" });
  const signals = { statusChanged: new FakeSignal(), disposed: new FakeSignal() };
  Object.assign(kernel, { widget_manager: { kernel: signals } });
  const store = new Store(kernel);
  stores.push(store);
  const states: LineState[] = [];
  store.events.on("line", (state) => states.push(state));
  return { kernel, store, states, ...signals };
}

const ask = (store: Store) => store.answers.column("score");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const store of stores.splice(0)) store.destroy();
  vi.useRealTimers();
});

describe("a kernel that is gone", () => {
  const signs: Record<string, (page: ReturnType<typeof open>) => void> = {
    "ipywidgets tells": ({ kernel }) => kernel.restart(),
    "its status is restarting": ({ statusChanged }) => statusChanged.emit("restarting"),
    "its status is autorestarting": ({ statusChanged }) => statusChanged.emit("autorestarting"),
    "its status is dead": ({ statusChanged }) => statusChanged.emit("dead"),
    "another takes its place": ({ disposed }) => disposed.emit(),
    "its comm throws": ({ kernel, store }) => {
      kernel.send = () => {
        throw new Error("Cannot send");
      };
      store.cancel();
    },
    "it is done with a question and has not answered": ({ kernel, store }) => {
      kernel.restarted = true;
      ask(store).catch(() => undefined);
    },
    "nothing is heard of its work": ({ kernel }) => {
      kernel.restarted = true;
      vi.advanceTimersByTime(10_000);
    },
  };

  it.each(Object.keys(signs))("is known to be: %s", async (sign) => {
    const page = open();
    const { store, states } = page;
    await vi.advanceTimersByTimeAsync(0);
    signs[sign](page);
    await vi.advanceTimersByTimeAsync(0);
    expect(states.at(-1)).toBe("cut");
    expect(store.get("progress")).toMatchObject({ step: "", share: 0.3 });
    expect(store.get("numbers").quality.state).toBe("stopped");
    expect(store.arriving).toBeNull();
  });

  it("answers no question, and is told of again whatever a person does", async () => {
    const { kernel, store, states } = open();
    const asked = ask(store);
    kernel.restart();
    await expect(asked).rejects.toThrow(/restarted: run the cell again/);
    for (const act of [
      () => expect(ask(store)).rejects.toThrow(/run the cell again/),
      () => store.set("k", 3),
      () => store.cancel(),
      () => store.select(Uint32Array.of(1)),
    ]) {
      states.length = 0;
      await act();
      vi.advanceTimersByTime(200);
      expect(states).toContain("cut");
    }
    states.length = 0;
    store.set("error", "x");
    expect(states).toEqual([]);
  });

  it("that speaks after all is believed, and asked how far its work is", async () => {
    const { kernel, store, statusChanged, states } = open();
    await vi.advanceTimersByTimeAsync(0);
    statusChanged.emit("dead");
    const saved = vi.spyOn(kernel, "save_changes");
    kernel.emit({ type: "holds", versions: {} }, []);
    expect(states.at(-1)).toBe("open");
    expect(saved).toHaveBeenCalledOnce();
    await expect(ask(store)).resolves.toBeDefined();
  });

  it("leaves nothing that listens when the page goes", () => {
    const { kernel, store, statusChanged, disposed } = open();
    store.destroy();
    expect([statusChanged.slots.size, disposed.slots.size, kernel.listenerCount()]).toEqual([
      0, 0, 0,
    ]);
  });
});

describe("a kernel that is busy", () => {
  it("is waited for", async () => {
    const { kernel, store, states } = open();
    await vi.advanceTimersByTimeAsync(0);
    kernel.alive = false;
    let answered = false;
    void ask(store).then(() => {
      answered = true;
    });
    await vi.advanceTimersByTimeAsync(10 * PATIENCE_MS);
    expect(states).toEqual(["silent"]);
    expect(store.get("progress").step).not.toBe("");
    kernel.alive = true;
    for (const message of kernel.received.filter(({ type }) => type === "ask")) {
      kernel.send(message);
    }
    await vi.advanceTimersByTimeAsync(0);
    expect([answered, states.at(-1)]).toEqual([true, "open"]);
  });

  it("and was interrupted before it answered is asked again by hand", async () => {
    const { kernel, store, states } = open();
    await vi.advanceTimersByTimeAsync(0);
    const send = kernel.send.bind(kernel);
    kernel.send = (message, callbacks) => {
      kernel.restarted = true;
      send(message, callbacks);
      kernel.restarted = false;
      kernel.send = send;
    };
    await expect(ask(store)).rejects.toThrow(/interrupted.*Try again/);
    await expect(ask(store)).resolves.toBeDefined();
    expect(states).not.toContain("cut");
  });
});
