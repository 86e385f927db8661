/** Everything that the kernel has told this page, and the one way to ask it for more. */

import { messageOf } from "../ui/errors.ts";
import { Answers } from "./answers.ts";
import { asFloat32, asUint8, asUint16, asUint32 } from "./arrays.ts";
import { Channel, PATIENCE_MS } from "./channel.ts";
import { Emitter } from "./emitter.ts";
import { Latest, remember } from "./latest.ts";
import type { FromKernel, Model, NeighborLists, Part, Row, Traits } from "./model.ts";
import { type Arriving, Pieces } from "./pieces.ts";
import { RowCache } from "./rows.ts";
import { decodeSelection, encodeSelection } from "./selection.ts";

/** While a slider or brush moves, the kernel hears of it when it rests for this long. */
const SAVE_DELAY_MS = 100;

/** Bytes of counts that are kept where they are asked for k by k. */
const SHARED_KEPT = 32_000_000;

type Parts = {
  positions: { a: Uint16Array; b: Uint16Array };
  shared: undefined;
  selection: Uint32Array;
  /** A large message that is on its way; null = none is any more. */
  arriving: Arriving | null;
  /** True while the kernel owes an answer for seconds. */
  silence: boolean;
  /** What went wrong with a message. */
  failure: string;
};

/** Neighbour lists of every item, (n, k_max) each. */
interface Graph extends NeighborLists {
  k_max: number;
}

/**
 * One store a widget, shared by all its views. Traits are read and written through `get` and `set`;
 * bulk arrives by messages and is announced through `parts`.
 */
export class Store {
  readonly parts = new Emitter<Parts>();
  readonly answers: Answers;
  positions: { a: Uint16Array; b: Uint16Array } | null = null;
  /** Sorted row positions; empty = nothing selected. */
  selection: Uint32Array = new Uint32Array(0);
  #model: Model;
  #channel: Channel;
  #rows: RowCache;
  #graph: Graph | null = null;
  #shared: { counts: Uint8Array; k_max: number } | null = null;
  #sharedAt = new Map<number, Promise<Uint8Array | null>>();
  #sharing = new Latest<Uint8Array>();
  #versions: Record<Part, number> = { positions: 0, shared: 0, graph: 0 };
  #pieces = new Pieces();
  #neighbors = new Map<number, Promise<NeighborLists>>();
  #saving: ReturnType<typeof setTimeout> | undefined;
  #selecting: ReturnType<typeof setTimeout> | undefined;
  #firstSign: ReturnType<typeof setTimeout>;
  #onMessage = (message: FromKernel, buffers: DataView[]): void => this.#receive(message, buffers);
  #onSign = (): void => this.#hear();

  constructor(model: Model) {
    this.#model = model;
    this.#channel = new Channel(model, (silent) => this.parts.emit("silence", silent));
    this.#rows = new RowCache(this.#channel);
    this.answers = new Answers(this.#channel);
    model.on("msg:custom", this.#onMessage as never);
    model.on("change:progress", this.#onSign);
    model.send({ type: "ready" });
    this.#firstSign = setTimeout(() => this.parts.emit("silence", true), PATIENCE_MS);
  }

  get<K extends keyof Traits>(key: K): Traits[K] {
    return this.#model.get(key);
  }

  /** Sets a trait at once for this page, and for the kernel a moment later. */
  set<K extends keyof Traits>(key: K, value: Traits[K]): void {
    if (this.#model.get(key) === value) return;
    this.#model.set(key, value);
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#model.save_changes(), SAVE_DELAY_MS);
  }

  /** Calls `listener` whenever one of the traits changes; returns the end of it. */
  watch(keys: (keyof Traits)[], listener: () => void): () => void {
    for (const key of keys) this.#model.on(`change:${key}`, listener);
    return () => {
      for (const key of keys) this.#model.off(`change:${key}`, listener);
    };
  }

  /** Selects at once for this page, and for the kernel a moment later. */
  select(items: Uint32Array): void {
    this.selection = items;
    this.parts.emit("selection", items);
    clearTimeout(this.#selecting);
    this.#selecting = setTimeout(() => {
      const { encoding, buffer } = encodeSelection(this.selection, this.get("n_items"));
      this.#model.send({ type: "selection", encoding }, undefined, [buffer]);
    }, SAVE_DELAY_MS);
  }

  /** Tells the kernel that the first map is on the screen. */
  drawn(): void {
    this.#model.send({ type: "drawn" });
  }

  cancel(): void {
    this.#model.send({ type: "cancel" });
  }

  /** Neighbours of `item` in both spaces: from this page when the graph is here, else from the kernel. */
  neighbors(item: number): Promise<NeighborLists> {
    if (this.#graph) return Promise.resolve(listsOf(this.#graph, item));
    return remember(this.#neighbors, item, async () => {
      const { buffers } = await this.#channel.ask({ kind: "neighbors", args: { item } });
      return {
        indices_a: asUint32(buffers[0]),
        distances_a: asFloat32(buffers[1]),
        indices_b: asUint32(buffers[2]),
        distances_b: asFloat32(buffers[3]),
      };
    });
  }

  /** The large message that is on its way. */
  get arriving(): Arriving | null {
    return this.#pieces.arriving;
  }

  /**
   * Neighbours shared at `k`, (n,); null until the graphs are there.
   *
   * Where the kernel is asked, a later question takes the place of one that still waits, whose
   * promise gives null then.
   */
  shared(k: number): Uint8Array | Promise<Uint8Array | null> | null {
    const n = this.get("n_items");
    if (this.#shared) return this.#shared.counts.subarray((k - 1) * n, k * n);
    if (this.get("curve").length === 0) return null;
    const asked = remember(this.#sharedAt, k, () =>
      this.#sharing.ask(async () => {
        const { buffers } = await this.#channel.ask({ kind: "shared", args: { k } });
        return asUint8(buffers[0]);
      }),
    );
    this.#keep(k, asked);
    return asked;
  }

  rows(items: Iterable<number>): Promise<Map<number, Row>> {
    return this.#rows.get(items);
  }

  /** The row if it is here already. */
  peekRow(item: number): Row | undefined {
    return this.#rows.peek(item);
  }

  destroy(): void {
    this.#model.off("msg:custom", this.#onMessage as never);
    this.#model.off("change:progress", this.#onSign);
    clearTimeout(this.#firstSign);
    clearTimeout(this.#saving);
    clearTimeout(this.#selecting);
    this.#channel.destroy();
    this.#rows.destroy();
  }

  /** The counts of this k were wanted last; those wanted first go. */
  #keep(k: number, asked: Promise<Uint8Array | null>): void {
    this.#sharedAt.delete(k);
    this.#sharedAt.set(k, asked);
    const most = Math.max(1, Math.floor(SHARED_KEPT / this.get("n_items")));
    for (const other of [...this.#sharedAt.keys()].slice(0, -most)) this.#sharedAt.delete(other);
    void asked.then(
      (counts) => counts ?? this.#sharedAt.delete(k),
      () => this.#sharedAt.delete(k),
    );
  }

  /** The kernel gave its first sign of life. */
  #hear(): void {
    clearTimeout(this.#firstSign);
    this.#model.off("change:progress", this.#onSign);
    this.parts.emit("silence", false);
  }

  /** Whether a part is new to this page; what was fetched for another page is not. */
  #isNew(part: Part, version: number): boolean {
    if (version <= this.#versions[part]) return false;
    this.#versions[part] = version;
    return true;
  }

  /** Asks for what there is and this page lacks, but for what is on its way. */
  #fetch(versions: Partial<Record<Part, number>>): void {
    const coming = this.#pieces.arriving?.whole.type;
    const lacking = (["positions", "shared", "graph"] as const).filter(
      (part) => part !== coming && (versions[part] ?? 0) > this.#versions[part],
    );
    if (lacking.length > 0) this.#model.send({ type: "fetch", parts: lacking });
  }

  #receive(message: FromKernel, buffers: DataView[]): void {
    this.#hear();
    switch (message.type) {
      case "piece":
        try {
          const made = this.#pieces.add(message, buffers[0]);
          if (made) this.#receive(made.whole, made.buffers);
        } catch (error) {
          this.parts.emit("failure", messageOf(error));
        }
        this.parts.emit("arriving", this.#pieces.arriving);
        break;
      case "holds":
        this.#fetch(message.versions);
        break;
      case "reply":
        this.#channel.settle(message, buffers);
        break;
      case "positions":
        if (!this.#isNew("positions", message.version)) return;
        this.positions = { a: asUint16(buffers[0]), b: asUint16(buffers[1]) };
        this.parts.emit("positions", this.positions);
        break;
      case "shared":
        if (!this.#isNew("shared", message.version)) return;
        this.#shared = { counts: asUint8(buffers[0]), k_max: message.k_max };
        this.parts.emit("shared", undefined);
        break;
      case "graph": {
        if (!this.#isNew("graph", message.version)) return;
        const asIndices = message.dtype === "uint16" ? asUint16 : asUint32;
        this.#graph = {
          k_max: message.k_max,
          indices_a: asIndices(buffers[0]),
          distances_a: asFloat32(buffers[1]),
          indices_b: asIndices(buffers[2]),
          distances_b: asFloat32(buffers[3]),
        };
        break;
      }
      case "selection":
        // The kernel's word is newer than a selection that has not left yet.
        clearTimeout(this.#selecting);
        this.selection = decodeSelection(message.encoding, buffers[0], this.get("n_items"));
        this.parts.emit("selection", this.selection);
        break;
    }
  }
}

function listsOf(graph: Graph, item: number): NeighborLists {
  const [start, end] = [item * graph.k_max, (item + 1) * graph.k_max];
  return {
    indices_a: graph.indices_a.subarray(start, end),
    distances_a: graph.distances_a.subarray(start, end),
    indices_b: graph.indices_b.subarray(start, end),
    distances_b: graph.distances_b.subarray(start, end),
  };
}
