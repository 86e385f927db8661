/** One Tab stop for a list of buttons: arrows, Home, End and typing lead from one to another. */

import { setAttributes } from "./dom.ts";
import { keyTarget } from "./keys.ts";

/** Letters typed one after the other, no longer than this apart, make one word. */
const TYPING_MS = 800;

/**
 * @param list holds the buttons, of which one has a tabindex of 0 and the others of -1
 * @param signal ends it
 */
export function rove(list: HTMLElement, signal: AbortSignal): void {
  const stops = () => Array.from(list.querySelectorAll<HTMLElement>("button"));
  let typed = "";
  let last = Number.NEGATIVE_INFINITY;

  function find(event: KeyboardEvent, all: HTMLElement[], at: number): number | null {
    const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.timeStamp - last > TYPING_MS) typed = "";
    if (!isLetter || (event.key === " " && typed === "")) return null;
    typed += event.key.toLowerCase();
    last = event.timeStamp;
    // One letter leads on from here, more make the word longer that led here.
    const from = typed.length === 1 ? at + 1 : at;
    for (let i = 0; i < all.length; i++) {
      const target = (from + i) % all.length;
      if (all[target].textContent?.trim().toLowerCase().startsWith(typed)) return target;
    }
    return at;
  }

  list.addEventListener(
    "keydown",
    (event) => {
      const all = stops();
      const at = all.indexOf(event.target as HTMLElement);
      if (at < 0) return;
      const key = event.key.replace("Down", "Right").replace("Up", "Left");
      const target = keyTarget(key, at, all.length) ?? find(event, all, at);
      if (target === null) return;
      event.preventDefault();
      event.stopPropagation();
      all[target].focus();
    },
    { signal },
  );
  list.addEventListener(
    "focusin",
    ({ target }) => {
      const before = list.querySelector('[tabindex="0"]');
      if (before) setAttributes(before, { tabindex: -1 });
      setAttributes(target as Element, { tabindex: 0 });
    },
    { signal },
  );
}
