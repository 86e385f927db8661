/** Names that begin alike are cut in their middle, so that what tells them apart is seen. */

import { setAttributes, setText } from "./dom.ts";
import type { WidthOf } from "./measure.ts";

/** A beginning of fewer characters is no loss to read again. */
const LEAST_SHARED = 6;
/** Characters before the first that differs, to see where it stands. */
const CONTEXT = 2;
/** Part of the room that the beginning gets at least. */
const HEAD_SHARE = 0.35;

/** A part of a text that is left out: from the first number up to the second. */
export type Cut = readonly [from: number, to: number];

/** Of each text, how many characters it begins with that another one begins with, too. */
export function sharedBeginnings(texts: Iterable<string>): Map<string, number> {
  const sorted = [...new Set(texts)].sort();
  const found = new Map(sorted.map((text) => [text, 0]));
  for (let i = 1; i < sorted.length; i++) {
    const [one, other] = [sorted[i - 1], sorted[i]];
    let shared = 0;
    while (shared < one.length && one[shared] === other[shared]) shared++;
    found.set(one, Math.max(found.get(one) ?? 0, shared));
    found.set(other, shared);
  }
  return found;
}

/**
 * What is to be left out of a text in `room` pixels; null = nothing, or nothing but its end.
 *
 * @param shared characters that another text begins with, too
 */
export function cutMiddle(
  text: string,
  shared: number,
  room: number,
  widthOf: WidthOf,
): Cut | null {
  if (shared < LEAST_SHARED || room <= 0 || widthOf(text) <= room) return null;
  const to = startAt(text, Math.min(shared, text.length - 1) - CONTEXT);
  // Where the difference stands within the room, the end is what is cut.
  if (widthOf(`${text.slice(0, shared + 2 * CONTEXT)}…`) <= room) return null;
  const left = Math.max(HEAD_SHARE * room, room - widthOf(`…${text.slice(to)}`));
  let [from, most] = [0, to];
  while (from < most) {
    const middle = Math.ceil((from + most) / 2);
    if (widthOf(text.slice(0, middle)) <= left) from = middle;
    else most = middle - 1;
  }
  from = startAt(text, from);
  return to - from > 1 ? [from, to] : null;
}

/** The next place at or before one that is not within a character. */
function startAt(text: string, at: number): number {
  const isWithin = (place: number) =>
    /^(?:\p{M}|\u200d|\ufe0f)/u.test(text.slice(place, place + 2)) ||
    /^[\udc00-\udfff]/.test(text.slice(place, place + 1));
  while (at > 0 && isWithin(at)) at--;
  return Math.max(0, at);
}

/** Show a text with a part left out, which is there for whoever copies or hears it. */
export function setCut(element: Element, text: string, cut: Cut | null): void {
  const kept = cut === null ? null : cut.join();
  if (element.textContent === text && element.getAttribute("data-cut") === kept) return;
  setAttributes(element, { "data-cut": kept });
  if (cut === null) {
    // Parts that read the same would be left as they are.
    if (element.childElementCount > 0) element.replaceChildren();
    setText(element, text);
    return;
  }
  const hidden = document.createElement("span");
  hidden.className = "ew-cut";
  hidden.textContent = text.slice(...cut);
  element.replaceChildren(text.slice(0, cut[0]), hidden, text.slice(cut[1]));
}
