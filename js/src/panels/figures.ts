/** Words and orders of the measured numbers: what the panels say, free of the page. */

import { percent, plural, score, zWords } from "../ui/format.ts";
import type {
  ChanceInfo,
  GroupRow,
  GroupTable,
  LabelRow,
  MapFaithfulness,
  NumberInfo,
  QualityMetric,
} from "../wire/model.ts";

/** "A +5", in points of a hundred; "–" where no difference is shown. */
export function lead([, , , , , difference, , , better]: LabelRow): string {
  if (better === "") return "–";
  const points = Math.abs(difference) * 100;
  return `${better} +${points >= 1 ? Math.round(points) : points.toPrecision(1)}`;
}

/** The verdict at k with its z, "more than chance, z = 88", and what the classes alone would give. */
export function verdictWords(chance: ChanceInfo | null, k: number): string[] {
  const verdict = chance?.verdicts[k - 1];
  if (!chance || !verdict) return [];
  const [z, within] = [chance.z[k - 1], chance.within?.[k - 1]];
  const words = z === null ? verdict : `${verdict}, z = ${zWords(z)}`;
  return within === undefined ? [words] : [words, score(within)];
}

/** Those whose name holds the query, whatever the case; shown differences first. */
export function labelsToShow({ rows }: QualityMetric, query: string): LabelRow[] {
  const wanted = query.trim().toLowerCase();
  const found = wanted ? rows.filter(([label]) => label.toLowerCase().includes(wanted)) : rows;
  return [...found.filter((row) => row[8] !== ""), ...found.filter((row) => row[8] === "")];
}

/** What became of a group: "splits into 3 in B". */
export function changeWords({ change, parts }: GroupRow): string {
  if (change === "splits") return `splits into ${parts} in B`;
  return change === "merges" ? `merges ${parts} of A` : `${change} in B`;
}

/** "12 groups in A, 14 in B: 9 are in both with 80 % of the items." */
export function groupsWords(table: GroupTable, n: number): string {
  const { n_groups_a, n_groups_b, kept, kept_items } = table;
  const share = kept > 0 ? ` with ${percent(kept_items / n)} of the items` : "";
  return `${plural(n_groups_a, "group")} in A, ${n_groups_b} in B: ${kept || "none"} in both${share}.`;
}

/** The line below a map, and what stands behind it. */
export function faithfulnessWords(map: MapFaithfulness): { line: string[]; detail: string } {
  const line: string[] = [];
  if (map.kept !== null) line.push(`This map keeps ${percent(map.kept)} of the true neighbours`);
  if (map.trustworthiness !== null) line.push(`trustworthiness ${score(map.trustworthiness)}`);
  const detail = [`At ${plural(map.n_neighbors, "neighbour")}`];
  if (map.continuity !== null) detail.push(`continuity ${score(map.continuity)}`);
  if (map.rank_correlation !== null) {
    detail.push(`rank correlation of all distances ${score(map.rank_correlation)}`);
  }
  if (map.sampled) detail.push(`measured on ${plural(map.n_items, "sampled item")}`);
  return { line, detail: `${detail.join(", ")}.` };
}

/** The line below a map of which nothing else is known; null = not that either. */
export function mapFoot(kept: number | null): { line: string[]; detail: string } | null {
  if (kept === null) return null;
  return { line: [`This map keeps ${percent(kept)} of the true neighbours`], detail: "" };
}

/** The line below a map that was not measured; null = nothing to say. */
export function missingFoot({
  state,
  note,
}: NumberInfo): { line: string[]; detail: string } | null {
  if (state === "failed") return { line: ["This map could not be measured"], detail: note };
  return state === "none" && note !== "" ? { line: [`What it keeps: ${note}`], detail: "" } : null;
}

/** What stands in place of a number that is not known. */
export interface Missing {
  state: NumberInfo["state"];
  text: string;
}

/** Null when the number is known. */
export function missingWords({ state, note }: NumberInfo): Missing | null {
  if (state === "known") return null;
  if (state === "coming") return { state, text: "Being measured…" };
  if (state === "stopped") {
    return { state, text: "Stopped before this was measured: run the cell again." };
  }
  return { state, text: state === "failed" ? `Could not be measured: ${note}` : note };
}
