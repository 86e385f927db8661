/**
 * Messages between a page and the server of `embwidget run`: a head in JSON, and the buffers beside it, in one
 * frame. `embwidget/page/frames.py` is the other end.
 */

const LENGTH_BYTES = 4;

/** A frame that was taken apart. */
export interface Unpacked {
  head: Record<string, unknown>;
  buffers: DataView[];
}

export function packed(
  head: Record<string, unknown>,
  buffers: readonly (ArrayBuffer | ArrayBufferView)[] = [],
): ArrayBuffer {
  const parts = buffers.map((part) =>
    part instanceof ArrayBuffer
      ? new Uint8Array(part)
      : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
  );
  const sizes = parts.map((part) => part.length);
  const text = new TextEncoder().encode(JSON.stringify({ ...head, sizes }));
  let at = start(text.length);
  const frame = new Uint8Array(at + sizes.reduce((sum, size) => sum + size, 0));
  new DataView(frame.buffer).setUint32(0, text.length, true);
  frame.set(text, LENGTH_BYTES);
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame.buffer;
}

/** The buffers are views of the frame, which begin where arrays of four bytes may. */
export function unpacked(frame: ArrayBuffer): Unpacked {
  const length = new DataView(frame).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(frame, LENGTH_BYTES, length));
  const head = JSON.parse(text) as Record<string, unknown>;
  let at = start(length);
  const buffers = (head.sizes as number[]).map((size) => {
    const view = new DataView(frame, at, size);
    at += size;
    return view;
  });
  return { head, buffers };
}

/** Where the buffers begin. */
function start(length: number): number {
  return Math.ceil((LENGTH_BYTES + length) / 4) * 4;
}
