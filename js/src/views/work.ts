/** What is said of the work behind the page: what comes, what was stopped, who is silent. */

import { CUT } from "../wire/channel.ts";
import type { LineState } from "../wire/line.ts";
import type { ProgressInfo, Traits } from "../wire/model.ts";
import type { Arriving } from "../wire/pieces.ts";

const SILENT =
  "The kernel does not answer. It may be busy; if it was restarted, run the cell again.";

/** What is said where work that has ended is all that a page knows. */
export const SAVED_PAGE =
  "Saved page: numbers only. Run its notebook, or save it with w.embed(), for maps and neighbours.";

/** What is said of a kernel that owes an answer, or will never give one. */
export const LINE_WORDS: Record<LineState, string> = { open: "", silent: SILENT, cut: CUT };

export const STOPPED_EARLY = "Stopped before the first map. Run the cell again to draw it.";

/** Stands where else the name of a reducer does. */
export const AS_GIVEN = "as given";

/** What a message brings, by its type. */
const ARRIVING = new Map([
  ["positions", "the maps"],
  ["shared", "the coincidence"],
  ["graph", "the neighbour graph"],
]);

// A function of the user's may be called "constructor", which every object has.
const REDUCER_NAMES = new Map([
  ["pca", "PCA"],
  ["umap", "UMAP"],
  ["pca+umap", "PCA + UMAP"],
  ["umap-learn", "UMAP (umap-learn)"],
  ["pacmap", "PaCMAP"],
  ["tsne", "t-SNE"],
]);

/** One that is not known here is called by its own name. */
export function reducerName(reducer: string): string {
  return REDUCER_NAMES.get(reducer) ?? reducer;
}

/** A large message on its way, as the progress of work. */
export function receiving({ whole, share }: Arriving): ProgressInfo {
  const coming = ARRIVING.get(whole.type) ?? "an answer";
  return { step: `receiving ${coming}`, share, seconds_left: null };
}

/** Whether the work ended before its end. */
export function isCut({ step, share }: ProgressInfo): boolean {
  return step === "" && share < 1;
}

type Known = Pick<Traits, "curve" | "reducer" | "numbers">;

/** What the work that was stopped would have come to next. */
export function stoppedBefore({ curve, reducer, numbers }: Known): string {
  if (curve.length === 0) return "the neighbours";
  if (reducer !== "pca" && numbers.chance.state === "stopped") return "chance was known";
  if (numbers.faithfulness.state === "stopped") {
    return reducer === "pca" ? "the final maps" : "the maps were measured";
  }
  return numbers.quality.state === "stopped" ? "quality was measured" : "the final maps";
}
