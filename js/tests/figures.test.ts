import { describe, expect, it } from "vitest";
import { makeData } from "../demo/fake_data.ts";
import { FAITHFULNESS, qualityOf } from "../demo/fake_numbers.ts";
import {
  changeWords,
  faithfulnessWords,
  groupsWords,
  labelsToShow,
  lead,
  missingWords,
  verdictWords,
} from "../src/panels/figures.ts";
import { metricName } from "../src/ui/format.ts";
import type { Better, ChanceInfo, GroupRow, LabelRow, NumberInfo } from "../src/wire/model.ts";

function row(difference: number, better: Better): LabelRow {
  return ["food", 3, 12, 0.5, 0.5 + difference, difference, 0, 0, better];
}

describe("the lead of a label", () => {
  it("is in points of a hundred, for the better space", () => {
    expect(lead(row(-0.052, "A"))).toBe("A +5");
    expect(lead(row(0.4, "B"))).toBe("B +40");
    expect(lead(row(0.0044, "B"))).toBe("B +0.4");
  });

  it("is a dash where no difference is shown, however large it is", () => {
    expect(lead(row(0.4, ""))).toBe("–");
  });
});

describe("the list of labels", () => {
  const [metric] = qualityOf(makeData(60, 8), 40).metrics;

  it("begins with shown differences, the largest first, and leaves nothing out", () => {
    const shown = labelsToShow(metric, "");
    expect(shown).toHaveLength(metric.rows.length);
    const dashes = shown.map((label) => label[8] === "");
    expect(dashes).toContain(true);
    expect(dashes.indexOf(true)).toBe(dashes.filter((dash) => !dash).length);
    const sizes = shown.slice(0, dashes.indexOf(true)).map((label) => Math.abs(label[5]));
    expect(sizes).toEqual([...sizes].sort((p, q) => q - p));
  });

  it("is filtered by a part of the name in any case", () => {
    const names = labelsToShow(metric, "  LABEL-1").map(([label]) => label);
    expect(names).toHaveLength(11);
    expect(names.every((name) => name.startsWith("label-1"))).toBe(true);
    expect(labelsToShow(metric, "nothing like it")).toEqual([]);
  });
});

describe("words", () => {
  const change = (name: GroupRow["change"], parts: number): GroupRow => ({
    row: 0,
    change: name,
    name: "food",
    label: "",
    label_share: 0,
    parts,
    n_items: 5,
    share_changed: 0.5,
    evidence: 1,
  });

  it("say what became of a group", () => {
    expect(changeWords(change("splits", 3))).toBe("splits into 3 in B");
    expect(changeWords(change("merges", 2))).toBe("merges 2 of A");
    expect(changeWords(change("appears", 0))).toBe("appears in B");
    expect(changeWords(change("dissolves", 4))).toBe("dissolves in B");
  });

  it("sum the groups up in one line", () => {
    const table = { rows: [], total: 0, n_groups_a: 12, n_groups_b: 14, kept_items: 80 };
    expect(groupsWords({ ...table, kept: 9 }, 100)).toBe(
      "12 groups in A, 14 in B: 9 in both with 80 % of the items.",
    );
    expect(groupsWords({ ...table, kept: 0, kept_items: 0, n_groups_a: 1 }, 100)).toBe(
      "1 group in A, 14 in B: none in both.",
    );
  });

  it("tell how far a map can be believed, the first thing first", () => {
    const { line, detail } = faithfulnessWords(FAITHFULNESS.a);
    expect(line).toEqual(["This map keeps 62 % of the true neighbours", "trustworthiness 0.971"]);
    expect(detail).toContain("continuity 0.964");
    expect(detail).toContain("5,000 sampled items");
  });

  it("leave out what is not known of a map", () => {
    const none = { trustworthiness: null, continuity: null, rank_correlation: null };
    const { line, detail } = faithfulnessWords({ ...FAITHFULNESS.a, ...none, sampled: false });
    expect(line).toHaveLength(1);
    expect(detail).toBe("At 10 neighbours.");
  });

  it("call metrics by their short names, and others by their own", () => {
    expect(metricName("mean_average_precision_at_r")).toBe("MAP@R");
    expect(metricName("some_thing")).toBe("some thing");
  });
});

describe("the verdict", () => {
  const chance: ChanceInfo = {
    n_permutations: 100,
    z: [2.34, 88.4, null],
    within: [0.1, 0.145, 0.2],
    verdicts: ["no more than chance", "more than chance", "the same neighbours everywhere"],
  };

  it("comes with what it stands on, at its k", () => {
    expect(verdictWords(chance, 1)).toEqual(["no more than chance, z = 2.3", "0.100"]);
    expect(verdictWords({ ...chance, within: null }, 2)).toEqual(["more than chance, z = 88"]);
    expect(verdictWords(chance, 3)).toEqual(["the same neighbours everywhere", "0.200"]);
  });

  it("is nothing while chance is not known", () => {
    expect(verdictWords(null, 1)).toEqual([]);
    expect(verdictWords(chance, 9)).toEqual([]);
  });
});

describe("a number that is not known", () => {
  it("says why, or that it is coming", () => {
    const words = (state: NumberInfo["state"], note = "") => missingWords({ state, note })?.text;
    expect(missingWords({ state: "known", note: "sampled" })).toBeNull();
    expect(words("coming")).toBe("Being measured…");
    expect(words("failed", "no memory")).toBe("Could not be measured: no memory");
    expect(words("none", "no label")).toBe("no label");
    expect(words("stopped")).toContain("run the cell again");
  });
});
