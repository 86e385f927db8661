/** What is said of pairs of several spaces, free of the page. */

import { metricName, percent, score, zWords } from "../ui/format.ts";
import type { CurvePoint, PairsTestInfo, SpaceQualityInfo } from "../wire/model.ts";

/** Agreement above chance: 0 = as unrelated spaces, 1 = the same neighbours. */
export function aboveChance(value: number, chance: number): number {
  return chance < 1 ? (value - chance) / (1 - chance) : 0;
}

/** Characters of a name in a sentence; the whole name stands at its row. */
const MOST_NAME = 60;

/** A name of any script within a sentence, whose order it leaves as it is. */
function isolated(name: string): string {
  const cut = name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1)}…` : name;
  return `\u2068${cut}\u2069`;
}

/** "clip and dino: agreement above chance 0.312 (0.300–0.324) at k = 10, chance 0.002, z = 88" */
export function pairWords(
  names: readonly [string, string],
  k: number,
  point: CurvePoint | null,
  test: { info: PairsTestInfo; row: number } | null,
): string {
  const head = names.map(isolated).join(" and ");
  if (!point) return `${head}: not measured yet`;
  const [value, low, high, chance] = point;
  const [at, from, to] = [value, low, high].map((each) => score(aboveChance(each, chance)));
  const parts = [`${head}: ${at} above chance (${from} to ${to}) at k = ${k}`];
  parts.push(`coincidence ${score(value)}, chance ${score(chance)}`);
  if (test) {
    const z = zWords(test.info.z[test.row] ?? null);
    const p = test.info.p_value[test.row];
    const where = test.info.k === k ? "" : ` (at k = ${test.info.k})`;
    const tested = [z && `z = ${z}`, p !== undefined && `p = ${pWords(p)} among all pairs`];
    const words = tested.filter(Boolean).join(", ");
    if (words) parts.push(words + where);
  }
  return parts.join("; ");
}

/** "0.012", "0.0001", "1" */
export function pWords(p: number): string {
  return p >= 0.9995 ? "1" : score(p);
}

/** "clip: MAP@R 0.812 (0.801–0.823)" */
export function qualityWords(name: string, space: number, quality: SpaceQualityInfo): string {
  const [low, high] = [quality.low[space] ?? null, quality.high[space] ?? null];
  const interval = low === null || high === null ? "" : ` (${score(low)} to ${score(high)})`;
  return `${isolated(name)}: ${metricName(quality.metric)} ${score(quality.values[space])}${interval}`;
}

/** "keeps 43 % of the neighbours on its map"; "" where that is not known. */
export function mapWords(kept: number | null): string {
  return kept === null ? "" : `its map keeps ${percent(kept)} of the neighbours`;
}
