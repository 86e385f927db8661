import { describe, expect, it } from "vitest";
import { QUALITY } from "../demo/fake_numbers.ts";
import {
  type AnswerProps,
  betterWords,
  doubt,
  explained,
  sameWords,
  unknownWords,
} from "../src/views/answer_words.ts";
import type { ChanceInfo, NumberInfo } from "../src/wire/model.ts";

const CHANCE: ChanceInfo = {
  n_permutations: 100,
  z: [2.34, 88.4, null],
  within: [0.1, 0.145, 0.2],
  verdicts: ["no more than chance", "more than chance", "cannot be told: 12% of the lists"],
};

const KNOWN: NumberInfo = { state: "known", note: "" };
const COMING: NumberInfo = { state: "coming", note: "" };

describe("the neighbours that are the same", () => {
  it.each([
    [4.26, 10, "about 4.3 of 10 neighbours are the same"],
    [10, 10, "all of the 10 neighbours are the same"],
    [9.97, 10, "more than 9.9 of 10 neighbours are the same"],
    [0, 10, "none of the 10 neighbours are the same"],
    [0.01, 10, "fewer than 0.1 of 10 neighbours are the same"],
    [0.314, 1, "the nearest neighbour is the same for 31 % of the items"],
  ])("%d of %d are never rounded to all or none", (mean, k, words) => {
    expect(sameWords(mean, k)).toBe(words);
  });

  it("are doubted where they may be chance", () => {
    expect([1, 2, 3, 4].map((k) => doubt({ chance: CHANCE, chanceInfo: KNOWN, k }))).toEqual([
      "no more than chance",
      "",
      "cannot be told",
      "",
    ]);
    expect(doubt({ chance: null, chanceInfo: COMING, k: 1 })).toBe("");
  });

  it("say where a file has not measured chance", () => {
    const chanceInfo: NumberInfo = { state: "none", note: "not measured in this file" };
    expect(doubt({ chance: null, chanceInfo, k: 1 })).toBe("chance: not measured in this file");
    const values = explained({
      ...{ k: 1, meanShared: 0.5, curve: undefined, chance: null, quality: null },
      ...{ qualityInfo: chanceInfo, chanceInfo, hasLists: true, label: "kind", pending: false },
    }).map(({ title, value }) => [title, value]);
    expect(values.filter(([, value]) => value === chanceInfo.note)).toHaveLength(6);
    expect(unknownWords(chanceInfo, "kind")).toBe("Which is better: not measured in this file");
  });
});

describe("which is better", () => {
  it("is said in points, of the side that is", () => {
    expect(betterWords(QUALITY)).toBe("B is better overall by 2.2 points");
    expect(betterWords({ ...QUALITY, better: "A", difference: -0.14 })).toBe(
      "A is better overall by 14 points",
    );
    expect(betterWords({ ...QUALITY, difference: 0.0004 })).toContain("by 0.04 points");
  });

  it("is not shown where the interval holds nothing, however large the difference", () => {
    const words = betterWords({ ...QUALITY, better: "", difference: 0.4 });
    expect(words).toBe("No difference shown overall");
  });

  it("has words for whatever is not known", () => {
    const words = (state: NumberInfo["state"], note = "") => unknownWords({ state, note }, "kind");
    expect(unknownWords({ state: "none", note: 'pass label="..."' }, "")).toContain("pass label=");
    const alone = unknownWords({ state: "none", note: "There are no labels." }, "");
    expect(alone).toBe("Which is better takes labels, and there are none");
    expect(words("coming")).toContain("being measured");
    expect(words("failed", "no memory")).toContain("could not be measured");
    expect(words("stopped")).toContain("was not measured");
    expect(words("known", "No two items share a label.")).toContain("No two items");
  });
});

describe("the numbers behind the answer", () => {
  const props: AnswerProps = {
    k: 2,
    meanShared: 1.234,
    curve: [0.5, 0.45, 0.55, 0.01],
    chance: CHANCE,
    quality: QUALITY,
    qualityInfo: { state: "known", note: "" },
    chanceInfo: { state: "known", note: "" },
    hasLists: true,
    label: "kind",
    pending: false,
  };
  const shownFor = (title: string, given = props) =>
    explained(given).find((entry) => entry.title.startsWith(title))?.value;

  it("are those of k, each with its sentences", () => {
    expect(shownFor("Neighbours")).toBe("1.23 of 2");
    expect(shownFor("Mean coincidence")).toBe("0.500");
    expect(shownFor("95 %")).toBe("0.450–0.550");
    expect(shownFor("z")).toBe("88");
    expect(shownFor("Within")).toBe("0.145");
    expect(shownFor("Difference")).toBe("B − A +0.022 (95 % +0.011 to +0.033)");
    expect(explained(props).every(({ text }) => text.length > 80)).toBe(true);
  });

  it("leave out what takes labels where there are none, and values that are not known", () => {
    const bare = { ...props, label: "", quality: null, chance: null, curve: undefined };
    expect(shownFor("MAP@R", bare)).toBeUndefined();
    expect(shownFor("Within", bare)).toBeUndefined();
    expect(shownFor("z", bare)).toBe("");
    expect(shownFor("Mean", bare)).toBe("");
    expect(shownFor("Difference", { ...props, quality: { ...QUALITY, low: null } })).toBe(
      "B − A +0.022",
    );
  });
});
