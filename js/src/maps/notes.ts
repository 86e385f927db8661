/** What is said over the maps: why there are no points, and brief hints. */

import { h, setShown, setText } from "../ui/dom.ts";
import type { PointsState } from "./points.ts";

export class MapNotes {
  readonly node = h("div", { class: "ew-maps-note", role: "status" });
  readonly hint = h("div", { class: "ew-maps-hint", "aria-hidden": true, hidden: true });
  readonly #again = h("button", { type: "button", class: "ew-button" }, "Draw again");
  readonly #off = new AbortController();
  /** Stands where the points are to come; null = they are computed. */
  #waiting: string | null = null;

  /** @param onAgain the points are to be drawn on a new canvas */
  constructor(onAgain: () => void) {
    this.#again.addEventListener("click", onAgain, { signal: this.#off.signal });
  }

  /** @returns whether that changed what is said */
  setWaiting(text: string | null): boolean {
    const changes = text !== this.#waiting;
    this.#waiting = text;
    return changes;
  }

  /** Says why no points are to be seen, when none are. @returns the state of the maps */
  tell(state: PointsState, isWaiting: boolean): string {
    let text = "";
    if (state === "unsupported") text = "The maps need WebGL2, which this browser does not offer.";
    else if (state === "lost") text = "The browser took the maps' graphics memory away.";
    else if (isWaiting) text = this.#waiting ?? "Computing the first map…";
    setShown(this.node, text !== "");
    this.node.replaceChildren(text);
    if (state === "lost") this.node.append(this.#again);
    const isWell = state === "ready" || state === "away";
    return isWell && isWaiting ? "waiting" : state;
  }

  /** "" = nothing any more. */
  say(hint: string): void {
    if (hint !== "") setText(this.hint, hint);
    setShown(this.hint, hint !== "");
  }

  destroy(): void {
    this.#off.abort();
  }
}
