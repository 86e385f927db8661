/** What is shown of an item, asked for in batches and cached for the items seen last. */

import { pictureUrl, releasePicture } from "../ui/picture_url.ts";
import { asUint8 } from "./arrays.ts";
import type { Channel } from "./channel.ts";
import type { Row } from "./model.ts";

/** Far above what the screen shows at once, so that no picture on it is ever revoked. */
const MAX_ROWS = 2000;

/** The only types that are ever put into an <img>. */
const IMAGE_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

/** Whether two items have a label in common. */
export function shareLabel(one: readonly string[], other: readonly string[]): boolean {
  return one.some((label) => other.includes(label));
}

interface WireRow {
  item: number;
  id: string;
  label: string | null;
  labels: string[];
  text: string | null;
  /** Left out where no columns are shown. */
  shown?: (string | null)[];
  /** A media type; the bytes are the next buffer. */
  image: string | null;
}

export class RowCache {
  #channel: Channel;
  #rows = new Map<number, Row>();
  #asked = new Map<number, Promise<void>>();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** The rows that are already here, without asking. */
  peek(item: number): Row | undefined {
    return this.#rows.get(item);
  }

  async get(items: Iterable<number>): Promise<Map<number, Row>> {
    const wanted = [...new Set(items)];
    const missing = wanted.filter((item) => !this.#rows.has(item) && !this.#asked.has(item));
    if (missing.length > 0) {
      const asked = this.#fetch(missing).finally(() => {
        for (const item of missing) this.#asked.delete(item);
      });
      for (const item of missing) this.#asked.set(item, asked);
    }
    await Promise.all(wanted.map((item) => this.#asked.get(item)));
    const found = new Map<number, Row>();
    for (const item of wanted) {
      const row = this.#rows.get(item);
      if (!row) continue;
      found.set(item, row);
      this.#touch(row);
    }
    return found;
  }

  async #fetch(items: number[]): Promise<void> {
    const { result, buffers } = await this.#channel.ask({ kind: "rows", args: { items } });
    let next = 0;
    for (const wire of (result as { rows: WireRow[] }).rows) {
      const bytes = wire.image === null ? null : buffers[next++];
      const image = bytes && (await urlOf(wire.image, bytes));
      this.#touch({ ...wire, shown: wire.shown ?? [], image });
    }
  }

  /** Puts the row last in the order of use and lets the first ones go. */
  #touch(row: Row): void {
    this.#rows.delete(row.item);
    this.#rows.set(row.item, row);
    for (const [item, old] of this.#rows) {
      if (this.#rows.size <= MAX_ROWS) break;
      if (old.image) releasePicture(old.image);
      this.#rows.delete(item);
    }
  }

  destroy(): void {
    for (const { image } of this.#rows.values()) if (image) releasePicture(image);
    this.#rows.clear();
  }
}

async function urlOf(type: string | null, bytes: DataView): Promise<string | null> {
  if (type === null || !IMAGE_TYPES.has(type)) return null;
  // A copy: the buffer may be one slice of a message that holds many pictures.
  return pictureUrl(type, asUint8(bytes).slice());
}
