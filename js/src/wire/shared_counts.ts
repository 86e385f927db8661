/** How many neighbours each item shares: all counts where they are here, else asked for k by k. */

import { asUint8 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import { Latest, remember } from "./latest.ts";
import type { TwoOf } from "./model.ts";

/** Bytes of counts that are cached where they are asked for k by k. */
const MAX_BYTES = 32_000_000;

export class SharedCounts {
  readonly #channel: Channel;
  readonly #n: number;
  /** uint8 (k_max, n) */
  #all: Uint8Array | null = null;
  #pair: TwoOf = [0, 1];
  readonly #at = new Map<number, Promise<Uint8Array | null>>();
  readonly #asking = new Latest<Uint8Array>();

  constructor(channel: Channel, n: number) {
    this.#channel = channel;
    this.#n = n;
  }

  /** @param counts uint8 (k_max, n) @param pair the spaces that they are of */
  set(counts: Uint8Array, pair: TwoOf): void {
    this.#all = counts;
    this.#pair = pair;
  }

  /** Counts of two spaces at `k`, uint8 (n,), when all are here; else null. */
  peek(k: number, [a, b]: TwoOf): Uint8Array | null {
    if (a !== this.#pair[0] || b !== this.#pair[1]) return null;
    return this.#all?.subarray((k - 1) * this.#n, k * this.#n) ?? null;
  }

  /**
   * Asks for the counts at `k`, uint8 (n,). A later question takes the place of one that still
   * waits, whose promise gives null then.
   */
  ask(k: number): Promise<Uint8Array | null> {
    const asked = remember(this.#at, k, () =>
      this.#asking.ask(async () => {
        const { buffers } = await this.#channel.ask({ kind: "shared", args: { k } });
        return asUint8(buffers[0]);
      }),
    );
    this.#touch(k, asked);
    return asked;
  }

  /** The counts of this k were wanted last; those wanted first go. */
  #touch(k: number, asked: Promise<Uint8Array | null>): void {
    this.#at.delete(k);
    this.#at.set(k, asked);
    const most = Math.max(1, Math.floor(MAX_BYTES / this.#n));
    for (const other of [...this.#at.keys()].slice(0, -most)) this.#at.delete(other);
    void asked.then(
      (counts) => counts ?? this.#at.delete(k),
      () => this.#at.delete(k),
    );
  }
}
