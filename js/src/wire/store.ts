/** Everything that this page has been told, and the one way to ask for more. */

import { messageOf } from "../ui/errors.ts";
import { Answers } from "./answers.ts";
import { asFloat32, asUint8, asUint16, asUint32 } from "./arrays.ts";
import { Channel, PATIENCE_MS } from "./channel.ts";
import { Emitter } from "./emitter.ts";
import { Line, type LineState } from "./line.ts";
import type { Bulk, FromKernel, Model, NeighborLists, NumberInfos, Row, Traits } from "./model.ts";
import { type Named, withName, withoutName, withRenamed } from "./named.ts";
import { Neighbors } from "./neighbors.ts";
import { type Arriving, Pieces } from "./pieces.ts";
import { RowCache } from "./rows.ts";
import { Selected } from "./selected.ts";
import { decodeSelection, selectionText } from "./selection.ts";
import { SharedCounts } from "./shared_counts.ts";

/** While a slider or brush moves, the kernel hears of it when it rests for this long. */
const SAVE_DELAY_MS = 100;
/** While work is under way and nothing is heard of it for this long, the kernel is asked whether it lives. */
const PULSE_MS = 3000;

/** What is announced beside the changes of traits. */
export type StoreEvents = {
  positions: { a: Uint16Array; b: Uint16Array };
  shared: undefined;
  graph: undefined;
  selection: Uint32Array;
  selections: Named;
  /** A large message that is on its way; null = none is any more. */
  arriving: Arriving | null;
  /** Whether the kernel answers; "cut" again whenever something was meant for a kernel that is gone. */
  line: LineState;
  /** What went wrong with a message. */
  failure: string;
};

/**
 * One store a widget, shared by all its views. Traits are read and written through `get` and `set`;
 * what comes by messages is announced through `events`.
 */
export class Store {
  readonly events = new Emitter<StoreEvents>();
  readonly answers: Answers;
  positions: { a: Uint16Array; b: Uint16Array } | null = null;
  /** Selections that are stored by a name. */
  selections: Named = new Map();
  readonly #model: Model;
  readonly #line: Line;
  readonly #channel: Channel;
  readonly #rows: RowCache;
  readonly #neighbors: Neighbors;
  readonly #selected: Selected;
  readonly #shared: SharedCounts;
  readonly #versions: Record<Bulk, number> = { positions: 0, shared: 0, graph: 0 };
  readonly #pieces = new Pieces();
  #saving: ReturnType<typeof setTimeout> | undefined;
  #selecting: ReturnType<typeof setTimeout> | undefined;
  readonly #firstSign: ReturnType<typeof setTimeout>;
  readonly #pulse: ReturnType<typeof setInterval>;
  /** Nothing came since the last look. */
  #isQuiet = false;
  #awaitsSign = true;
  readonly #onMessage = (message: FromKernel, buffers: DataView[]): void =>
    this.#receive(message, buffers);
  readonly #onProgress = (): void => {
    this.#isQuiet = false;
    // A busy kernel owes its answers even while its work goes on.
    if (this.#awaitsSign || this.#line.isCut) this.#hear();
  };

  constructor(model: Model) {
    this.#model = model;
    this.#line = new Line(model, (state) => this.#onLine(state));
    this.#channel = new Channel(this.#line);
    this.#rows = new RowCache(this.#channel);
    const n = model.get("n_items");
    this.#neighbors = new Neighbors(this.#channel, n);
    this.#shared = new SharedCounts(this.#channel, n);
    this.answers = new Answers(this.#channel);
    this.#selected = new Selected(model, (items) => {
      // The kernel's word is newer than a selection that has not left yet.
      clearTimeout(this.#selecting);
      this.events.emit("selection", items);
    });
    model.on("msg:custom", this.#onMessage as never);
    model.on("change:progress", this.#onProgress);
    this.#line.send({ type: "ready" });
    this.#firstSign = setTimeout(() => this.#line.miss(), PATIENCE_MS);
    this.#pulse = setInterval(() => this.#lookAfter(), PULSE_MS);
  }

  get<K extends keyof Traits>(key: K): Traits[K] {
    return this.#model.get(key);
  }

  /** Whether there is Python beside the page, in which a person could go on. */
  get hasPython(): boolean {
    return !this.#model.isAlone;
  }

  /** Whether neighbours are here, or will be. */
  get hasLists(): boolean {
    return this.#model.hasLists !== false;
  }

  /** Sets a trait at once for this page, and for the kernel a moment later. */
  set<K extends keyof Traits>(key: K, value: Traits[K]): void {
    if (this.#model.get(key) === value) return;
    this.#model.set(key, value);
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      this.#model.save_changes();
      this.#lookForListener();
    }, SAVE_DELAY_MS);
    // Whoever dismisses an error is not to be told the next one.
    if (key !== "error") this.#line.speak();
  }

  /** Calls `listener` whenever one of the traits changes; returns the end of it. */
  watch(keys: readonly (keyof Traits)[], listener: () => void): () => void {
    for (const key of keys) this.#model.on(`change:${key}`, listener);
    return () => {
      for (const key of keys) this.#model.off(`change:${key}`, listener);
    };
  }

  /** Sorted row positions; empty = nothing selected. */
  get selection(): Uint32Array {
    return this.#selected.items;
  }

  /** Selects at once for this page, and for the kernel a moment later. */
  select(items: Uint32Array): void {
    this.#selected.items = items;
    this.events.emit("selection", items);
    clearTimeout(this.#selecting);
    this.#selecting = setTimeout(() => {
      this.#selected.write();
      this.#model.save_changes();
      this.#lookForListener();
    }, SAVE_DELAY_MS);
    this.#line.speak();
  }

  /** Stores the selection by a name; what had it goes. */
  nameSelection(name: string): void {
    const rows = selectionText(this.selection, this.get("n_items"));
    this.#line.send({ type: "name", name, rows });
    this.#setNamed(withName(this.selections, name, this.selection));
  }

  renameSelection(name: string, to: string): void {
    this.#line.send({ type: "rename", name, to });
    this.#setNamed(withRenamed(this.selections, name, to));
  }

  forgetSelection(name: string): void {
    this.#line.send({ type: "forget", name });
    this.#setNamed(withoutName(this.selections, name));
  }

  #setNamed(named: Named): void {
    this.selections = named;
    this.events.emit("selections", named);
  }

  /** Tells the kernel that the first map is on the screen. */
  drawn(): void {
    this.#line.send({ type: "drawn" });
  }

  cancel(): void {
    this.#line.send({ type: "cancel" });
  }

  /** Neighbours of `item` in both spaces. */
  neighbors(item: number): Promise<NeighborLists> {
    return this.#neighbors.of(item);
  }

  /** Mean distance of each item to its k nearest, (n,) for A and B; null where that is not here. */
  distances(k: number): [a: Float32Array, b: Float32Array] | null {
    return this.#neighbors.distances(k);
  }

  /** The large message that is on its way. */
  get arriving(): Arriving | null {
    return this.#pieces.arriving;
  }

  /**
   * Neighbours shared at `k`, uint8 (n,); null until the graphs are there, and null from a promise
   * whose question was overtaken by a later one.
   */
  shared(k: number): Uint8Array | Promise<Uint8Array | null> | null {
    const known = this.#shared.peek(k);
    if (known || this.get("curve").length === 0) return known;
    return this.#shared.ask(k);
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
    this.#model.off("change:progress", this.#onProgress);
    clearTimeout(this.#firstSign);
    clearInterval(this.#pulse);
    clearTimeout(this.#saving);
    clearTimeout(this.#selecting);
    this.#selected.destroy();
    this.#channel.destroy();
    this.#line.destroy();
    this.#rows.destroy();
  }

  /** The kernel gave a sign of life. */
  #hear(): void {
    const wasCut = this.#line.isCut;
    clearTimeout(this.#firstSign);
    this.#awaitsSign = false;
    this.#isQuiet = false;
    this.#line.heard();
    // A kernel that was given up in error answers with how far its work is.
    if (wasCut) this.#model.save_changes();
  }

  /** What a person chooses is answered by nobody, so that a kernel that is gone would stay unnoticed. */
  #lookForListener(): void {
    if (!this.#line.isWatched && !this.#line.isCut) void this.#channel.probe();
  }

  /** Work that nothing is heard of may have ended with its kernel, which not every host tells. */
  #lookAfter(): void {
    if (this.get("progress").step === "") return;
    if (this.#isQuiet) void this.#channel.probe();
    this.#isQuiet = true;
  }

  #onLine(state: LineState): void {
    if (state === "cut") {
      this.#channel.giveUp();
      this.#stopWork();
    }
    this.events.emit("line", state);
  }

  /** Nothing of what is under way will come. */
  #stopWork(): void {
    const { step, share } = this.get("progress");
    if (step === "") return;
    this.#pieces.giveUp();
    const numbers = { ...this.get("numbers") };
    for (const name of Object.keys(numbers) as (keyof NumberInfos)[]) {
      if (numbers[name].state === "coming") numbers[name] = { state: "stopped", note: "" };
    }
    this.#model.off("change:progress", this.#onProgress);
    this.#model.set("numbers", numbers);
    this.#model.set("progress", { step: "", share: Math.min(share, 0.99), seconds_left: null });
    this.#model.on("change:progress", this.#onProgress);
    this.events.emit("arriving", null);
  }

  /** Whether this is new to this page; what was fetched for another page is not. */
  #isNew(bulk: Bulk, version: number): boolean {
    if (version <= this.#versions[bulk]) return false;
    this.#versions[bulk] = version;
    return true;
  }

  /** Asks for what there is and this page lacks, but for what is on its way. */
  #fetch(versions: Partial<Record<Bulk, number>>): void {
    const coming = this.#pieces.arriving?.whole.type;
    const lacking = (["positions", "shared", "graph"] as const).filter(
      (bulk) => bulk !== coming && (versions[bulk] ?? 0) > this.#versions[bulk],
    );
    if (lacking.length > 0) this.#line.send({ type: "fetch", parts: lacking });
  }

  #receive(message: FromKernel, buffers: DataView[]): void {
    this.#hear();
    switch (message.type) {
      case "piece":
        try {
          const made = this.#pieces.add(message, buffers[0]);
          if (made) this.#receive(made.whole, made.buffers);
        } catch (error) {
          this.events.emit("failure", messageOf(error));
        }
        this.events.emit("arriving", this.#pieces.arriving);
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
        this.events.emit("positions", this.positions);
        break;
      case "shared":
        if (!this.#isNew("shared", message.version)) return;
        this.#shared.set(asUint8(buffers[0]));
        this.events.emit("shared", undefined);
        break;
      case "graph": {
        if (!this.#isNew("graph", message.version)) return;
        const asIndices = message.dtype === "uint16" ? asUint16 : asUint32;
        const graph = {
          indices_a: asIndices(buffers[0]),
          distances_a: asFloat32(buffers[1]),
          indices_b: asIndices(buffers[2]),
          distances_b: asFloat32(buffers[3]),
        };
        this.#neighbors.set(graph, message.k_max);
        this.events.emit("graph", undefined);
        break;
      }
      case "selections": {
        const n = this.get("n_items");
        const { names, encodings } = message;
        const items = encodings.map((each, i) => decodeSelection(each, buffers[i], n));
        this.#setNamed(new Map(names.map((name, i) => [name, items[i]])));
        break;
      }
    }
  }
}
