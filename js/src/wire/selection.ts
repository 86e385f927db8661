/** Sets of items: how they travel, how gestures change them, and the mask that the maps draw. */

import { fromBase64, toBase64 } from "./base64.ts";
import type { SelectionEncoding } from "./model.ts";

/** What a gesture does to the items that are selected already. */
export type SelectMode = "replace" | "add" | "subtract";

/** What a click on a row asks for: Shift adds its items, Alt removes them. */
export function modeOf({ altKey, shiftKey }: MouseEvent): SelectMode {
  if (altKey) return "subtract";
  return shiftKey ? "add" : "replace";
}

/** One byte an item, (n,): 1 = selected. */
export function toMask(items: Uint32Array, n: number): Uint8Array {
  const mask = new Uint8Array(n);
  for (let i = 0; i < items.length; i++) mask[items[i]] = 1;
  return mask;
}

/** The items of a mask (n,) that are not 0; ascending. */
export function fromMask(mask: Uint8Array): Uint32Array {
  // No branch on what is selected: in row order that is as good as random, which a processor
  // guesses wrongly half of the time. What is not selected is written over.
  const found = new Uint32Array(mask.length);
  let next = 0;
  for (let i = 0; i < mask.length; i++) {
    found[next] = i;
    next += Number(mask[i] !== 0);
  }
  return found.slice(0, next);
}

/** Whether both hold the same items in the same order. */
export function sameItems(one: Uint32Array, other: Uint32Array): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** `current` after a gesture over `items`; both ascending without repeats, and so is the result. */
export function combine(current: Uint32Array, items: Uint32Array, mode: SelectMode): Uint32Array {
  if (mode === "replace") return items;
  const adding = mode === "add";
  const result = new Uint32Array(current.length + (adding ? items.length : 0));
  let length = 0;
  let j = 0;
  for (let i = 0; i < current.length; i++) {
    while (j < items.length && items[j] < current[i]) {
      if (adding) result[length++] = items[j];
      j++;
    }
    const inBoth = j < items.length && items[j] === current[i];
    if (inBoth) j++;
    if (adding || !inBoth) result[length++] = current[i];
  }
  if (adding) {
    while (j < items.length) result[length++] = items[j++];
  }
  return result.slice(0, length);
}

/** Row positions, or one bit for each of the n items, whichever is shorter; little-endian. */
export function encodeSelection(
  items: Uint32Array,
  n: number,
): { encoding: SelectionEncoding; buffer: Uint8Array<ArrayBuffer> } {
  const maskBytes = Math.ceil(n / 8);
  if (items.length * 4 <= maskBytes) {
    const buffer = new Uint8Array(items.length * 4);
    const view = new DataView(buffer.buffer);
    for (let i = 0; i < items.length; i++) view.setUint32(i * 4, items[i], true);
    return { encoding: "positions", buffer };
  }
  const buffer = new Uint8Array(maskBytes);
  for (let i = 0; i < items.length; i++) buffer[items[i] >> 3] |= 1 << (items[i] & 7);
  return { encoding: "mask", buffer };
}

/** The items, ascending, of what `encodeSelection` or the kernel wrote. */
export function decodeSelection(
  encoding: SelectionEncoding,
  data: DataView,
  n: number,
): Uint32Array {
  const mask = new Uint8Array(n);
  if (encoding === "positions") {
    for (let at = 0; at + 4 <= data.byteLength; at += 4) {
      const item = data.getUint32(at, true);
      if (item < n) mask[item] = 1;
    }
  } else {
    const length = Math.min(n, data.byteLength * 8);
    for (let i = 0; i < length; i++) mask[i] = (data.getUint8(i >> 3) >> (i & 7)) & 1;
  }
  return fromMask(mask);
}

/** What `encodeSelection` writes, as a text: "positions:" or "mask:", and base64; "" = nothing. */
export function selectionText(items: Uint32Array, n: number): string {
  if (items.length === 0) return "";
  const { encoding, buffer } = encodeSelection(items, n);
  return `${encoding}:${toBase64(buffer)}`;
}

/** The items, ascending, of what `selectionText` or the kernel wrote. */
export function itemsInText(text: string, n: number): Uint32Array {
  if (text === "") return new Uint32Array(0);
  const colon = text.indexOf(":");
  const encoding = text.slice(0, colon) as SelectionEncoding;
  const { buffer } = fromBase64(text.slice(colon + 1));
  return decodeSelection(encoding, new DataView(buffer), n);
}
