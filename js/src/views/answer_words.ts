/** What the header says of a pair in plain words, and the numbers behind it; free of the page. */

import { percent, score, zWords } from "../ui/format.ts";
import { NUMBER_WORDS } from "../ui/number_words.ts";
import type { ChanceInfo, CurvePoint, NumberInfo, QualityInfo } from "../wire/model.ts";

export interface AnswerProps {
  k: number;
  /** Of its k neighbours, how many an item has in both, on average; undefined while unknown. */
  meanShared: number | undefined;
  curve: CurvePoint | undefined;
  chance: ChanceInfo | null;
  quality: QualityInfo | null;
  /** How far `quality` is. */
  qualityInfo: NumberInfo;
  /** How far `chance` is. */
  chanceInfo: NumberInfo;
  /** Whether there are neighbours to count. */
  hasLists: boolean;
  /** Name of the label column; "" = none. */
  label: string;
  /** Work is under way, so that an unknown value is still to come. */
  pending: boolean;
}

/** A number with its sentences; "" where it is not known. */
export interface Explained {
  title: string;
  value: string;
  text: string;
}

/** "5", "2.2", "0.04": the size of a difference in points of a hundred. */
export function points(difference: number): string {
  const size = 100 * Math.abs(difference);
  if (size >= 0.1) return size.toFixed(size >= 9.95 ? 0 : 1);
  return String(Number(size.toPrecision(1)));
}

/** "about 4.3 of 10 neighbours are the same". */
export function sameWords(mean: number, k: number): string {
  if (k === 1) return `the nearest neighbour is the same for ${percent(mean)} of the items`;
  if (mean === 0 || mean === k)
    return `${mean ? "all" : "none"} of the ${k} neighbours are the same`;
  if (mean < 0.05) return `fewer than 0.1 of ${k} neighbours are the same`;
  if (mean > k - 0.05) return `more than ${(k - 0.1).toFixed(1)} of ${k} neighbours are the same`;
  return `about ${mean.toFixed(1)} of ${k} neighbours are the same`;
}

/** Whether that means little, in a word or two; "" where it is more than chance, or to be known. */
export function doubt(given: Pick<AnswerProps, "chance" | "chanceInfo" | "k">): string {
  const { chance, chanceInfo, k } = given;
  if (chanceInfo.state === "none") return `chance: ${chanceInfo.note}`;
  const verdict = chance?.verdicts[k - 1] ?? "";
  return /^(no more|cannot)/.test(verdict) ? verdict.split(":")[0] : "";
}

/** "B is better overall by 2.2 points". */
export function betterWords({ better, difference }: QualityInfo): string {
  if (better === "") return "No difference shown overall";
  const size = points(difference);
  return `${better} is better overall by ${size} ${size === "1" ? "point" : "points"}`;
}

/** What stands in place of which is better. */
export function unknownWords({ state, note }: NumberInfo, label: string): string {
  if (label === "") {
    // Whoever opens an exported page cannot pass any, and its note does not say so.
    const remedy = note.includes("label=") ? ': pass label="…"' : ", and there are none";
    return `Which is better takes labels${remedy}`;
  }
  if (state === "coming") return "Which is better: being measured…";
  if (state === "none" && note !== "") return `Which is better: ${note}`;
  if (state === "failed") return "Which is better could not be measured";
  return state === "known" && note !== "" ? note : "Which is better was not measured";
}

/** The numbers behind the answer, those about what is better first. */
export function explained({
  k,
  meanShared,
  curve,
  chance,
  quality,
  qualityInfo,
  chanceInfo,
  label,
}: AnswerProps): Explained[] {
  const found: Explained[] = [];
  const add = (name: keyof typeof NUMBER_WORDS, value: string) =>
    found.push({ ...NUMBER_WORDS[name], value });
  const [noQuality, noChance] = [qualityInfo, chanceInfo].map(({ state, note }) =>
    state === "none" ? note : "",
  );
  if (label !== "") {
    add("metric", quality ? `A ${score(quality.a)} · B ${score(quality.b)}` : noQuality);
    add("precision", "");
    add("difference", quality ? differenceWords(quality) : noQuality);
    add("labels", quality?.labels ?? noQuality);
  }
  add("same", meanShared === undefined ? "" : `${number(meanShared)} of ${k}`);
  add("item", "");
  add("mean", curve ? score(curve[0]) : "");
  add("interval", curve ? `${score(curve[1])}–${score(curve[2])}` : "");
  add("chance", curve ? score(curve[3]) : "");
  add("z", zWords(chance?.z[k - 1] ?? null) || noChance);
  if (label !== "") {
    const within = chance?.within?.[k - 1];
    add("within", within === undefined ? noChance : score(within));
  }
  add("verdict", chance?.verdicts[k - 1] ?? noChance);
  return found;
}

function differenceWords({ difference, low, high }: QualityInfo): string {
  const sign = (value: number) => `${value > 0 ? "+" : ""}${score(value)}`;
  const ends = low === null || high === null ? "" : ` (95 % ${sign(low)} to ${sign(high)})`;
  return `B − A ${sign(difference)}${ends}`;
}

function number(mean: number): string {
  return mean.toFixed(mean < 0.1 ? 3 : 2);
}
