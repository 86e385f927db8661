/** Messages that came in pieces, put together again. */

import type { FromKernel, Piece } from "./model.ts";

/** More than the largest message of the kernel, and less than what would take the page down. */
const MAX_BYTES = 2 ** 30;

/** A message of which some pieces are here. */
interface Transfer {
  readonly number: number;
  readonly whole: FromKernel;
  readonly buffers: Uint8Array<ArrayBuffer>[];
  readonly total: number;
  /** Index of the piece that comes next. */
  next: number;
  /** The buffer that is being filled, how far it is, and how far all of them are. */
  buffer: number;
  filled: number;
  received: number;
}

/** What is on its way, and the share of it that is here, 0..1. */
export interface Arriving {
  readonly whole: FromKernel;
  readonly share: number;
}

export class Pieces {
  #transfer: Transfer | null = null;

  /** The message of which pieces are coming; null = none. */
  get arriving(): Arriving | null {
    const transfer = this.#transfer;
    return transfer && { whole: transfer.whole, share: transfer.received / transfer.total };
  }

  /** The rest will not come. */
  giveUp(): void {
    this.#transfer = null;
  }

  /**
   * Takes the next piece.
   *
   * @returns the message and its buffers with the last piece; null before
   * @throws Error when the piece does not fit to those before, which are given up then
   */
  add(piece: Piece, data: DataView | undefined): { whole: FromKernel; buffers: DataView[] } | null {
    if (piece.whole) this.#transfer = begin(piece);
    const transfer = this.#transfer;
    // A page that came in the middle of a transfer asks for the whole anew.
    if (transfer === null) return null;
    const room = transfer.buffers[transfer.buffer].length - transfer.filled;
    const follows = piece.transfer === transfer.number && piece.index === transfer.next;
    if (!follows || !data || data.byteLength === 0 || data.byteLength > room) {
      this.#transfer = null;
      throw new Error(
        `A message of the kernel is damaged (piece ${piece.index} of ${transfer.whole.type})`,
      );
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    transfer.buffers[transfer.buffer].set(bytes, transfer.filled);
    transfer.next++;
    transfer.filled += bytes.length;
    transfer.received += bytes.length;
    skipFull(transfer);
    if (transfer.received < transfer.total) return null;
    this.#transfer = null;
    const buffers = transfer.buffers.map((buffer) => new DataView(buffer.buffer));
    if (transfer.whole.type !== "written") return { whole: transfer.whole, buffers };
    return { whole: JSON.parse(new TextDecoder().decode(buffers.pop())), buffers };
  }
}

function begin({ transfer, whole, sizes }: Piece): Transfer {
  const lengths = Array.isArray(sizes) ? sizes : [];
  const isSound = lengths.every((size) => Number.isInteger(size) && size >= 0);
  const total = lengths.reduce((sum, size) => sum + size, 0);
  if (!whole || !isSound || total === 0 || total > MAX_BYTES) {
    throw new Error("A message of the kernel is damaged (its size)");
  }
  const buffers = lengths.map((size) => new Uint8Array(size));
  const begun = { number: transfer, whole, buffers, total };
  const made = { ...begun, next: 0, buffer: 0, filled: 0, received: 0 };
  skipFull(made);
  return made;
}

/** On to the next buffer that has room; there may be empty ones. */
function skipFull(transfer: Transfer): void {
  const { buffers } = transfer;
  while (
    transfer.buffer < buffers.length - 1 &&
    transfer.filled === buffers[transfer.buffer].length
  ) {
    transfer.buffer++;
    transfer.filled = 0;
  }
}
