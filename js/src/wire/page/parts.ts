/** What a file holds, in elements that no browser runs: base64 of JSON and arrays, deflated. */

import { fromBase64 } from "../base64.ts";

/** How the bytes of a part are read; `embwidget/export/parts.py` writes them. */
export type PartInfo =
  | { codec: "json" }
  /** Planes: the first bytes of all numbers, then the second ones; those left out are 0. */
  | { codec: "array"; dtype: "uint8" | "uint16" | "uint32" | "float32"; planes: number }
  | { codec: "stored" };

export type PartArray = Uint8Array | Uint16Array | Uint32Array | Float32Array;

const BYTES = { uint8: 1, uint16: 2, uint32: 4, float32: 4 };
const ARRAYS = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  float32: Float32Array,
};

/**
 * The bytes of a part, once it is there: the script runs while the file is loading.
 *
 * @throws Error when the file ends without it
 */
export async function partBytes(name: string, info: PartInfo): Promise<Uint8Array> {
  const node = await present(`ew-${name}`);
  const bytes = fromBase64(node.textContent ?? "");
  // A large file is not to be held twice.
  node.remove();
  return info.codec === "stored" ? bytes : inflated(bytes);
}

export async function partJson(name: string): Promise<unknown> {
  const bytes = await partBytes(name, { codec: "json" });
  return JSON.parse(new TextDecoder().decode(bytes));
}

export function toArray(bytes: Uint8Array, info: PartInfo & { codec: "array" }): PartArray {
  const { dtype, planes } = info;
  const size = BYTES[dtype];
  const n = bytes.length / planes;
  if (size === 1) return bytes;
  const whole = new Uint8Array(n * size);
  for (let plane = 0; plane < planes; plane++) {
    const start = plane * n;
    for (let i = 0, at = plane; i < n; i++, at += size) whole[at] = bytes[start + i];
  }
  return new ARRAYS[dtype](whole.buffer);
}

/** A page that answers within this time seems to answer at once. */
const LONG_MS = 20;
let lastPause = 0;

/** Lets the page draw and answer between two parts, where it has not done so for long. */
export async function pause(): Promise<void> {
  if (performance.now() - lastPause < LONG_MS) return;
  await new Promise((done) => setTimeout(done));
  lastPause = performance.now();
}

/** The element, once it and all of its text are here. */
function present(id: string): Promise<Element> {
  const look = (): Element | null => {
    const node = document.getElementById(id);
    // What follows it in the file is there, so that it has come to its end.
    return node && (node.nextSibling || document.readyState !== "loading") ? node : null;
  };
  return new Promise((done, fail) => {
    const off = new AbortController();
    const observer = new MutationObserver(() => settle());
    const settle = () => {
      const node = look();
      const isLost = !node && document.readyState !== "loading";
      if (!node && !isLost) return;
      observer.disconnect();
      off.abort();
      if (node) done(node);
      else fail(new Error(`This file is not whole: "${id}" is missing. Get it once more.`));
    };
    observer.observe(document.body, { childList: true });
    document.addEventListener("readystatechange", settle, { signal: off.signal });
    settle();
  });
}

async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  // Not by way of a blob, which another process would hold; what is wrong shows at the other end.
  const written = writer.write(bytes as Uint8Array<ArrayBuffer>).then(() => writer.close());
  written.catch(() => {});
  return new Uint8Array(await new Response(readable).arrayBuffer());
}
