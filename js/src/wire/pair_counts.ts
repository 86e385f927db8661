/** How many neighbours each item shares in any two of several spaces, of the pairs that were seen last. */

import { asUint8 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import { Latest } from "./latest.ts";
import type { NeighborLists } from "./model.ts";
import { sharedAt } from "./page/graph_numbers.ts";

/** Bytes of counts that are kept. */
const MAX_BYTES = 32_000_000;

type Counts = Uint8Array | Promise<Uint8Array | null>;

export class PairCounts {
  readonly #channel: Channel;
  readonly #most: number;
  readonly #known = new Map<string, Counts>();
  readonly #asking = new Latest<Uint8Array>();
  #isAhead = false;

  constructor(channel: Channel, n: number) {
    this.#channel = channel;
    this.#most = Math.max(4, Math.floor(MAX_BYTES / n));
  }

  /** @param graph neighbours of both where they are here. Returns uint8 (n,); null = not here. */
  peek(
    a: number,
    b: number,
    k: number,
    graph: (NeighborLists & { kMax: number }) | null,
  ): Uint8Array | null {
    const key = keyOf(a, b, k);
    const known = this.#known.get(key);
    if (known instanceof Uint8Array) return this.#keep(key, known);
    if (!graph || k > graph.kMax) return null;
    return this.#keep(key, sharedAt({ ...graph, k_max: graph.kMax }, k));
  }

  /**
   * Asks for them. A later question takes the place of one that still waits, whose promise gives
   * null then.
   */
  ask(a: number, b: number, k: number): Promise<Uint8Array | null> {
    const key = keyOf(a, b, k);
    const known = this.#known.get(key);
    if (known) return Promise.resolve(known);
    return this.#put(
      key,
      this.#asking.ask(() => this.#ask(a, b, k)),
    );
  }

  /** The same for what will be wanted next; one at a time, and never in the way of what is wanted. */
  askAhead(a: number, b: number, k: number): void {
    const key = keyOf(a, b, k);
    if (this.#isAhead || this.#known.has(key)) return;
    this.#isAhead = true;
    const done = () => {
      this.#isAhead = false;
    };
    this.#put(key, this.#ask(a, b, k)).then(done, done);
  }

  async #ask(a: number, b: number, k: number): Promise<Uint8Array> {
    const { buffers } = await this.#channel.ask({ kind: "pair_shared", args: { a, b, k } });
    return asUint8(buffers[0]);
  }

  /** Keeps a question until it is answered, and the answer in its place. */
  #put(key: string, asked: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    this.#keep(key, asked);
    const forget = () => {
      if (this.#known.get(key) === asked) this.#known.delete(key);
    };
    asked.then((counts) => {
      forget();
      if (counts) this.#keep(key, counts);
    }, forget);
    return asked;
  }

  /** What was wanted first goes first. */
  #keep<C extends Counts>(key: string, counts: C): C {
    this.#known.delete(key);
    this.#known.set(key, counts);
    for (const other of [...this.#known.keys()].slice(0, -this.#most)) this.#known.delete(other);
    return counts;
  }
}

/** Two spaces share the same in either order. */
function keyOf(a: number, b: number, k: number): string {
  return `${Math.min(a, b)} ${Math.max(a, b)} ${k}`;
}
