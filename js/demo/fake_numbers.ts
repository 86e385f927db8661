/** Made-up measurements of the made-up spaces: what the kernel finds out after the neighbours. */

import type {
  Better,
  ChanceInfo,
  Column,
  ColumnInfo,
  CurvePoint,
  FaithfulnessInfo,
  GroupParts,
  GroupRow,
  LabelRow,
  NumberInfo,
  NumberInfos,
  QualityInfo,
  QualityTable,
} from "../src/wire/model.ts";
import type { LabelCodes, PageGroups } from "../src/wire/page/data.ts";
import { CLASSES, type FakeData } from "./fake_data.ts";

export const METADATA: ColumnInfo[] = [
  { name: "coincidence", title: "coincidence", kind: "coincidence", source: "measured_at_k" },
  { name: "kind", title: "kind", kind: "category", source: "metadata" },
  { name: "score", title: "score", kind: "numeric", source: "metadata" },
];

const MEASURED: ColumnInfo[] = [
  { name: "wins", title: "A wins / B wins", kind: "difference", source: "measured_at_k" },
  {
    name: "faithfulness_a",
    title: "faithfulness of map A",
    kind: "numeric",
    source: "measured",
  },
  {
    name: "faithfulness_b",
    title: "faithfulness of map B",
    kind: "numeric",
    source: "measured",
  },
  { name: "group_a", title: "group in A", kind: "category", source: "measured" },
  { name: "group_b", title: "group in B", kind: "category", source: "measured" },
  { name: "k_occurrence_a", title: "k-occurrence in A", kind: "numeric", source: "measured_at_k" },
  { name: "k_occurrence_b", title: "k-occurrence in B", kind: "numeric", source: "measured_at_k" },
];

export const ALL_COLUMNS: ColumnInfo[] = [METADATA[0], ...MEASURED, ...METADATA.slice(1)];

/** All numbers in one state. */
export function numbersIn(state: NumberInfo["state"], note = ""): NumberInfos {
  const info = { state, note };
  return { chance: info, groups: info, faithfulness: info, quality: info };
}

export function chanceOf(curve: CurvePoint[]): ChanceInfo {
  return {
    n_permutations: 100,
    z: curve.map(([value, , , chance]) => 4000 * (value - chance)),
    within: curve.map(([value, , , chance]) => 0.4 * value + 0.6 * chance),
    verdicts: curve.map(() => "more than chance"),
  };
}

export const FAITHFULNESS: FaithfulnessInfo = {
  a: {
    kept: 0.624,
    trustworthiness: 0.971,
    continuity: 0.964,
    rank_correlation: 0.523,
    n_neighbors: 10,
    n_items: 5000,
    sampled: true,
  },
  b: {
    kept: 0.581,
    trustworthiness: 0.958,
    continuity: 0.949,
    rank_correlation: 0.487,
    n_neighbors: 10,
    n_items: 5000,
    sampled: true,
  },
};

export const QUALITY: QualityInfo = {
  metric: "mean_average_precision_at_r",
  a: 0.812,
  b: 0.834,
  difference: 0.022,
  low: 0.011,
  high: 0.033,
  better: "B",
  labels: "B is better on 3 of 7 labels, A on 2",
};

/** @param many labels besides those of the items, to see a long list */
export function qualityOf({ items }: FakeData, many: number): QualityTable {
  const rows = (shift: number): LabelRow[] => {
    const names = [...CLASSES, ...Array.from({ length: many }, (_, i) => `label-${i}`)];
    const made = names.map((label, code): LabelRow => {
      const n = code < CLASSES.length ? items.filter((item) => item.label === label).length : 9;
      const a = 0.55 + 0.4 * Math.abs(Math.sin(3 * code + shift));
      const b = Math.min(1, Math.max(0, a + 0.16 * Math.cos(2.3 * code + shift)));
      const better: Better = Math.abs(b - a) < 0.07 ? "" : b > a ? "B" : "A";
      return [label, code, n, a, b, b - a, b - a - 0.05, b - a + 0.05, better];
    });
    return made.sort((p, q) => Math.abs(q[5]) - Math.abs(p[5]));
  };
  const metrics = ["mean_average_precision_at_r", "precision_at_1"].map((metric, shift) => {
    const made = rows(shift);
    const wins = (side: Better) => made.filter((row) => row[8] === side).length;
    return {
      metric,
      verdict: `B is better on ${wins("B")} of ${made.length} labels, A on ${wins("A")}, no difference shown on ${wins("")}`,
      overall: ["all labels", -1, items.length, 0.812, 0.834, 0.022, 0.011, 0.033, "B"] as LabelRow,
      rows: made,
      total: made.length,
    };
  });
  return { metrics };
}

/** Groups of A are the kinds; in B the fourth and fifth are two, and the last is none. */
function groupsOf({ items }: FakeData): { a: Int32Array; b: Int32Array } {
  const a = Int32Array.from(items, ({ label }) => (label === null ? -1 : CLASSES.indexOf(label)));
  const b = a.map((kind, i) => (kind < 4 ? kind : kind === 6 ? -1 : kind + 3 * (i % 2)));
  return { a, b };
}

export function changesOf(data: FakeData): PageGroups {
  const { a, b } = groupsOf(data);
  const partsOf = (group: number): GroupParts => {
    const items = Uint32Array.from(a.keys()).filter((item) => a[item] === group);
    const found = [...new Set(Array.from(items, (item) => b[item]))].filter((part) => part >= 0);
    const codes = Uint16Array.from(items, (item) => found.indexOf(b[item]));
    const sizeOf = (at: number) => codes.filter((code) => code === at).length;
    const parts = found.map((part, at) => ({ name: nameOf(part), n_items: sizeOf(at) }));
    return { items, codes, parts };
  };
  const row = (group: number, at: number, change: GroupRow["change"], parts: number) => ({
    row: at,
    change,
    name: CLASSES[group],
    label: CLASSES[group],
    label_share: 0.91,
    parts,
    n_items: partsOf(group).items.length,
    share_changed: 0.8 - 0.15 * at,
    evidence: 0.7,
  });
  const rows = [row(4, 0, "splits", 2), row(5, 1, "splits", 2), row(6, 2, "dissolves", 0)];
  const kept_items = a.filter((group) => group >= 0 && group < 4).length;
  return {
    table: { rows, total: rows.length, kept: 4, kept_items, n_groups_a: 7, n_groups_b: 8 },
    items: [4, 5, 6].map((group) => partsOf(group).items),
    parts: [4, 5, 6].map(partsOf),
  };
}

function nameOf(group: number): string {
  return CLASSES[group] ?? `group ${group}`;
}

/** The classes of the items, by the codes of `qualityOf`. */
export function labelsOf({ items }: FakeData): LabelCodes {
  const codes = items.map(({ labels }) => labels.map((label) => CLASSES.indexOf(label)));
  const starts = new Uint32Array(items.length + 1);
  for (const [i, own] of codes.entries()) starts[i + 1] = starts[i] + own.length;
  return { starts, codes: Uint32Array.from(codes.flat()) };
}

/** Columns of metadata, and with `measured` those that were measured too. */
export function columnsOf(data: FakeData, measured: boolean): Map<string, Column> {
  const { items } = data;
  const labels = items.map(({ label }) => label);
  const kinds = CLASSES.filter((name) => labels.includes(name));
  const sizeOf = (name: string) => labels.filter((label) => label === name).length;
  kinds.sort((p, q) => sizeOf(q) - sizeOf(p));
  const kind = labels.map((label) => (label === null ? -1 : kinds.indexOf(label)));
  const scores = Float32Array.from(items, ({ score }) => score);
  const known = scores.filter((score) => !Number.isNaN(score)).sort();
  const columns = [
    category("kind", kind, kinds),
    numeric("score", scores, known[0], known[known.length - 1]),
  ];
  if (measured) {
    for (const [side, groups] of Object.entries(groupsOf(data))) {
      const n = groups.reduce((most, group) => Math.max(most, group), -1) + 1;
      const names = Array.from({ length: n }, (_, group) => nameOf(group));
      const trust = Float32Array.from(items, ({ item }) => ((7 * item) % 11) / 10);
      columns.push(category(`group_${side}`, groups, names));
      columns.push({ ...numeric(`faithfulness_${side}`, trust, 0, 1), steps: 10 });
    }
  }
  return new Map(columns.map((column) => [column.name, column]));
}

function category(name: string, groups: ArrayLike<number>, categories: string[]): Column {
  const codes = Uint16Array.from(groups, (group) => (group < 0 ? 65535 : group));
  const counts = categories.map((_, code) => codes.filter((other) => other === code).length);
  const missing = codes.filter((code) => code === 65535).length;
  return { kind: "category", name, categories, counts, missing, codes };
}

function numeric(name: string, values: Float32Array, min: number, max: number) {
  const missing = values.filter(Number.isNaN).length;
  const above = values.filter((value) => value > max).length;
  return { kind: "numeric" as const, name, min, max, missing, above, values };
}
