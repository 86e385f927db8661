/** Arrays of all items: taken as they come, and asked for piece by piece where they are too large. */

import { asFloat32, asUint8, asUint16, asUint32 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import type { Emitter } from "./emitter.ts";
import type { StoreEvents } from "./events.ts";
import type { Bulk, FromKernel, NeighborLists, TwoOf } from "./model.ts";
import { Neighbors } from "./neighbors.ts";
import { isSame, type Maps, OF_PAIR, type Several } from "./several.ts";
import { SharedCounts } from "./shared_counts.ts";

export type BulkMessage = FromKernel & { type: Bulk };

export class Bulks {
  readonly #several: Several;
  readonly #events: Emitter<StoreEvents>;
  readonly #neighbors: Neighbors;
  readonly #shared: SharedCounts;
  readonly #seen: Record<Bulk, number> = {
    positions: 0,
    shared: 0,
    graph: 0,
    frames: 0,
    matrix: 0,
    graphs: 0,
  };
  #positions: Maps | null = null;
  #graph: (NeighborLists & { kMax: number; pair: TwoOf }) | null = null;

  constructor(channel: Channel, n: number, several: Several, events: Emitter<StoreEvents>) {
    this.#several = several;
    this.#events = events;
    this.#neighbors = new Neighbors(channel, n);
    this.#shared = new SharedCounts(channel, n);
  }

  /** The maps of the two spaces, once they are here. */
  get positions(): Maps | null {
    return this.#several.maps(false) ?? this.#positions;
  }

  /** Neighbours of `item` in both spaces. */
  neighbors(item: number): Promise<NeighborLists> {
    return this.#neighbors.of(item);
  }

  /** Mean distance of each item to its k nearest, (n,) for A and B; null where that is not here. */
  distances(k: number): [a: Float32Array, b: Float32Array] | null {
    return this.#neighbors.distances(k);
  }

  /** Neighbours shared at `k`, uint8 (n,). @param isKnown whether whoever is asked knows them */
  shared(k: number, isKnown: boolean): Uint8Array | Promise<Uint8Array | null> | null {
    const known = this.#shared.peek(k, this.#several.pair);
    if (known) return known;
    if (this.#several.areThere) return this.#several.shared(k);
    return isKnown ? this.#shared.ask(k) : null;
  }

  /** What there is and this page lacks. */
  lacking(versions: Partial<Record<Bulk, number>>): Bulk[] {
    const all = Object.keys(this.#seen) as Bulk[];
    return all.filter((bulk) => (versions[bulk] ?? 0) > this.#seen[bulk]);
  }

  /** Two others are compared. @param travel whether the points may take their time on the way */
  turn(travel: boolean): void {
    this.#neighbors.forget();
    this.#setGraph();
    const maps = this.#several.maps(travel);
    if (maps) this.#events.emit("positions", maps);
    this.#events.emit("pair", OF_PAIR);
  }

  /** Takes what is new to this page; what was fetched for another page is not. */
  take(message: BulkMessage, buffers: readonly DataView[]): void {
    if (message.version <= this.#seen[message.type]) return;
    this.#seen[message.type] = message.version;
    switch (message.type) {
      case "positions": {
        const [a, b] = buffers.map(asUint16);
        this.#positions = { a, b, nComponents: 2, travel: true };
        this.#events.emit("positions", this.#positions);
        break;
      }
      case "shared":
        this.#shared.set(asUint8(buffers[0]), message.pair);
        if (this.#isOfChosen(message.pair)) this.#events.emit("shared", undefined);
        break;
      case "graph": {
        const asIndices = message.dtype === "uint16" ? asUint16 : asUint32;
        this.#graph = {
          pair: message.pair,
          kMax: message.k_max,
          indices_a: asIndices(buffers[0]),
          distances_a: asFloat32(buffers[1]),
          indices_b: asIndices(buffers[2]),
          distances_b: asFloat32(buffers[3]),
        };
        if (this.#isOfChosen(message.pair)) this.#tellGraph();
        break;
      }
      default:
        this.#several.take(message, buffers);
        this.#tellOfAll(message.type);
    }
  }

  /** What is known of all spaces tells something of the two that are compared. */
  #tellOfAll(bulk: "frames" | "matrix" | "graphs"): void {
    if (bulk === "frames") {
      const maps = this.#several.maps(true);
      if (maps) this.#events.emit("positions", maps);
      this.#events.emit("pair", ["faithfulness"]);
      return;
    }
    if (bulk === "matrix") this.#events.emit("matrix", undefined);
    else this.#tellGraph();
    this.#events.emit("pair", ["curve", "mean_shared"]);
  }

  #tellGraph(): void {
    this.#setGraph();
    this.#events.emit("graph", undefined);
  }

  /** Takes the neighbours that are here of the two that are compared. */
  #setGraph(): void {
    const own = this.#graph && this.#isOfChosen(this.#graph.pair) ? this.#graph : null;
    this.#neighbors.set(this.#several.graph ?? own);
  }

  #isOfChosen(pair: TwoOf): boolean {
    return isSame(pair, this.#several.pair);
  }
}
