/** Whose the wheel is: the page's, which scrolls, until a map was clicked or Ctrl or Cmd is held. */

const HINT_MS = 3500;
const LINE_PX = 16;
/** Most that one turn with Ctrl held zooms: a wheel's steps are ten times as large as a pinch's. */
const CTRL_STEP = 0.25;

/** Said once a page, however many widgets stand on it. */
const told = { wheel: false, touch: false };

const WORDS = {
  wheel: "Click the map, or hold Ctrl, to zoom with the wheel",
  touch: "Move the map with two fingers",
};

export class Wheel {
  readonly #node: HTMLElement;
  readonly #say: (hint: string) => void;
  readonly #off = new AbortController();
  #isHeld = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param node what holds the maps
   * @param say shows a hint; "" = none any more
   */
  constructor(node: HTMLElement, say: (hint: string) => void) {
    this.#node = node;
    this.#say = say;
    const { signal } = this.#off;
    const isOnMap = (event: Event) =>
      event.composedPath().some((part) => part instanceof Element && part.matches(SURFACE)) &&
      event.composedPath().includes(node);
    // Before the maps hear of it, so that a click and the wheel after it are one intention.
    const follow = (event: Event) => this.#hold(isOnMap(event));
    document.addEventListener("pointerdown", follow, { signal, capture: true });
    node.addEventListener("focusin", follow, { signal });
    node.addEventListener("focusout", (event) => this.#leave(event), { signal });
  }

  /** Gives the wheel back to the page. */
  release(): void {
    this.#hold(false);
  }

  /** How far a turn of the wheel zooms; null = it is the page's. */
  zoomOf(event: WheelEvent): number | null {
    const isAsked = event.ctrlKey || event.metaKey;
    if (!isAsked && !this.#isHeld && !isFull(this.#node)) {
      this.hint("wheel");
      return null;
    }
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1);
    // Browsers report a pinch on a touchpad as a wheel with ctrl, in much smaller steps.
    const turn = event.ctrlKey
      ? Math.max(-CTRL_STEP, Math.min(CTRL_STEP, pixels * 0.01))
      : pixels * 0.002;
    return Math.min(4, Math.max(0.25, Math.exp(-turn)));
  }

  /** Says briefly, and once, what the map wants. */
  hint(kind: keyof typeof WORDS): void {
    if (told[kind]) return;
    told[kind] = true;
    this.#say(WORDS[kind]);
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#say(""), HINT_MS);
  }

  destroy(): void {
    this.#off.abort();
    clearTimeout(this.#silence);
  }

  #hold(isHeld: boolean): void {
    if (isHeld && !this.#isHeld) {
      clearTimeout(this.#silence);
      this.#say("");
    }
    this.#isHeld = isHeld;
  }

  /** The keyboard goes elsewhere; when the whole window loses it, it comes back. */
  #leave({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Node && !this.#node.contains(relatedTarget)) this.#hold(false);
  }
}

const SURFACE = ".ew-map-surface";

/** Whether a widget fills the screen: there is no page then that could scroll. */
export function isFull(node: Element): boolean {
  return node.closest(":fullscreen") !== null;
}
