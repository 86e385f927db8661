/** Follows what is in focus and selected, and leads back to what was. */

import { messageOf } from "../ui/errors.ts";
import { listenToKeys } from "../views/shortcuts.ts";
import { WayBackView } from "../views/way_back.ts";
import { History, type Step } from "../wire/history.ts";
import type { Store } from "../wire/store.ts";
import { Walk } from "./walk.ts";

const NOTHING = new Uint32Array(0);

export interface WayBackPanelOptions {
  /** Of the whole widget. */
  root: HTMLElement;
  /** Escape was pressed, wherever in the widget. */
  onEscape(): void;
  onError(message: string): void;
}

export class WayBackPanel {
  readonly view: WayBackView;
  readonly #store: Store;
  readonly #options: WayBackPanelOptions;
  readonly #history: History;
  readonly #walk: Walk;
  readonly #off = new AbortController();
  readonly #stops: (() => void)[];
  /** The pointer that is pressed: what it selects on its way is one step. */
  #gesture: number | null = null;
  #gestures = 0;
  #isGoing = false;

  constructor(store: Store, options: WayBackPanelOptions) {
    this.#store = store;
    this.#options = options;
    this.#history = new History(this.#now());
    this.#walk = new Walk(store);
    const [onBack, onForward] = [() => this.back(), () => this.forward()];
    this.view = new WayBackView({ onBack, onForward, onClose: () => store.set("focus", null) });
    const onEscape = () => this.escape();
    const { root } = options;
    this.#stops = [
      listenToKeys(root, { onBack, onForward, onEscape }),
      store.watch(["focus"], () => this.#add()),
      store.events.on("selection", () => this.#add()),
    ];
    const { signal } = this.#off;
    const end = () => {
      this.#gesture = null;
    };
    root.addEventListener(
      "pointerdown",
      () => {
        this.#gesture = ++this.#gestures;
      },
      { signal, capture: true },
    );
    for (const type of ["pointerup", "pointercancel"]) {
      document.addEventListener(type, end, { signal });
    }
    this.#draw();
  }

  back(): void {
    this.#go(this.#history.back());
  }

  forward(): void {
    this.#go(this.#history.forward());
  }

  /** Clears the selection; the focus where nothing is selected. */
  escape(): void {
    this.#options.onEscape();
    if (this.#store.selection.length > 0) this.#store.select(NOTHING);
    else this.#store.set("focus", null);
  }

  walk(step: 1 | -1): void {
    this.#walk.step(step).catch((error) => this.#options.onError(messageOf(error)));
  }

  toggle(): void {
    this.#walk.toggle();
  }

  destroy(): void {
    this.#off.abort();
    for (const stop of this.#stops) stop();
    this.view.destroy();
  }

  #now(): Step {
    return { focus: this.#store.get("focus"), selection: this.#store.selection };
  }

  #add(): void {
    if (!this.#isGoing) this.#history.add(this.#now(), this.#gesture);
    this.#draw();
  }

  #go(step: Step | null): void {
    if (!step) return;
    this.#isGoing = true;
    this.#store.set("focus", step.focus);
    if (this.#store.selection !== step.selection) this.#store.select(step.selection);
    this.#isGoing = false;
    this.#draw();
  }

  #draw(): void {
    const { before, after, now } = this.#history;
    this.view.update({
      hasBack: before !== null,
      hasForward: after !== null,
      hasFocus: now.focus !== null,
      wasClosed: now.focus === null && (before?.focus ?? null) !== null,
    });
    // Others hide what they show of it in this task.
    queueMicrotask(() => this.#holdKeyboard());
  }

  /** Where what had the keyboard is hidden, the browser would give it to the page, and every key after it. */
  #holdKeyboard(): void {
    const { root } = this.#options;
    const { activeElement } = root.getRootNode() as Document | ShadowRoot;
    if (!activeElement || activeElement === root || !root.contains(activeElement)) return;
    if (activeElement.getClientRects().length === 0) root.focus({ preventScroll: true });
  }
}
