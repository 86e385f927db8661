/** Questions about other two of several spaces than the file was written of. */

import type { Question, TwoOf } from "../model.ts";
import { type PageAnswer, PageAnswers } from "./answers.ts";
import type { PageData, PageGraph } from "./data.ts";

/** What follows from neighbours alone; the rest is in the file for one pair. */
const MEASURED_AT_K = "measured_at_k";

export interface OtherPair {
  pair: TwoOf;
  /** Where the columns come from, by name. */
  sources: ReadonlyMap<string, string>;
  nItems: number;
  nShown: number;
}

/** @throws Error of one line when the file does not know it */
export function answerOfOthers(question: Question, data: PageData, other: OtherPair): PageAnswer {
  const { kind } = question;
  const isColumn = kind === "column";
  const isCounted = isColumn && other.sources.get(question.args.name) === MEASURED_AT_K;
  if (kind !== "neighbors" && kind !== "shared" && !isCounted) {
    const what = isColumn ? `column ${question.args.name}` : kind.replace("_", " ");
    throw new Error(`${what}: not measured in this file for these two spaces`);
  }
  const graph = graphOf(data, other.pair);
  if (!graph) throw new Error("this file has no lists of neighbours of these two spaces");
  const answers = new PageAnswers(other.nItems, other.nShown, { ...data, graph, shared: null });
  return answers.answer(question);
}

function graphOf({ spaces }: PageData, [one, other]: TwoOf): PageGraph | null {
  const graphs = spaces?.graphs;
  const [a, b] = [graphs?.of[one], graphs?.of[other]];
  if (!graphs || !a || !b) return null;
  return {
    k_max: graphs.k_max,
    indices_a: a.indices,
    distances_a: a.distances,
    indices_b: b.indices,
    distances_b: b.distances,
  };
}
