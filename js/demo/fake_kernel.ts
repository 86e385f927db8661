/** A kernel of made-up data: `PageModel`, which takes its time and does what tests ask of it. */

import type { Bulk, CurvePoint, FromScreen, Traits } from "../src/wire/model.ts";
import { PageModel } from "../src/wire/page_model.ts";
import type { FakeData } from "./fake_data.ts";
import {
  ALL_COLUMNS,
  chanceOf,
  changesOf,
  columnsOf,
  FAITHFULNESS,
  labelsOf,
  METADATA,
  numbersIn,
  QUALITY,
  qualityOf,
} from "./fake_numbers.ts";

export interface FakeOptions {
  /** "all" sends everything; "maps" only the positions, as while the graphs are computed; "none" nothing. */
  send?: "all" | "maps" | "none";
  /** What is not sent but asked for, item by item or k by k, as of large data. */
  withheld?: Bulk[];
  /** Labels besides those of the items, to see a long list. */
  manyLabels?: number;
  traits?: Partial<Traits>;
}

export class FakeKernel extends PageModel {
  readonly data: FakeData;
  /** Every message that the screen sent, for tests. */
  readonly received: FromScreen[] = [];
  /** Traits as the kernel last saw them. */
  saved: Partial<Traits> = {};
  /** False: questions are not answered, as by a kernel that is busy. */
  alive = true;
  /** True: a new kernel is done with every message at once, and has nobody who could answer. */
  restarted = false;
  readonly #options: FakeOptions;

  constructor(data: FakeData, options: FakeOptions = {}) {
    const { send = "all", traits = {} } = options;
    const beginning = { ...traitsOf(data), ...(send === "all" ? finished(data) : {}), ...traits };
    const { items } = data;
    super(beginning, { items, labels: labelsOf(data), columns: columnsOf(data, false) });
    this.data = data;
    this.#options = options;
  }

  override save_changes(): void {
    for (const name of ["k", "color_by", "focus", "selected", "error"] as const) {
      Object.assign(this.saved, { [name]: this.get(name) });
    }
  }

  override send(message: FromScreen, callbacks?: unknown): void {
    this.received.push(message);
    const { iopub } = (callbacks ?? {}) as { iopub?: { status(message: unknown): void } };
    const tellIdle = () => iopub?.status({ content: { execution_state: "idle" } });
    if (this.restarted) queueMicrotask(tellIdle);
    if (!this.alive || this.restarted) return;
    super.send(message, callbacks);
    queueMicrotask(tellIdle);
    if (message.type === "ready") queueMicrotask(() => this.sendAll(this.#options.send ?? "all"));
  }

  /** What ipywidgets tells a model when a person restarts its kernel. */
  restart(): void {
    this.restarted = true;
    this.fire("comm_live_update");
  }

  /** What the kernel does when its work is done, or the first half of it. */
  sendAll(what: "all" | "maps" | "none"): void {
    if (what === "none") return;
    const { data } = this;
    const { positions_a, positions_b } = data;
    const [a, b] = [positions_a, positions_b].map((points) => quantised(data, points));
    this.know({ positions: { a, b } });
    if (what === "maps") return;
    const given = this.#options.traits ?? {};
    const traits = Object.entries(finished(data)).filter(([name]) => !(name in given));
    const measured = {
      columns: columnsOf(data, true),
      quality: qualityOf(data, this.#options.manyLabels ?? 0),
      groups: changesOf(data),
    };
    this.know({ graph: data, ...measured }, Object.fromEntries(traits));
  }

  protected override offer(bulk: Bulk): void {
    if (!this.#options.withheld?.includes(bulk)) super.offer(bulk);
  }
}

/** While the work is under way. */
function traitsOf({ n, k_max }: FakeData): Traits {
  return {
    n_items: n,
    space_a: {
      name: "words",
      n_dims: 50,
      metric: "cosine",
      distance: "cos. dist.",
      engine: "exact",
      recall: null,
    },
    space_b: {
      name: "sentences",
      n_dims: 384,
      metric: "cosine",
      distance: "cos. dist.",
      engine: "exact",
      recall: null,
    },
    reducer: "umap",
    as_given: [],
    k: Math.min(10, k_max),
    k_max,
    color_by: "coincidence",
    columns: METADATA,
    label: "kind",
    text: "text",
    show: [],
    image: "",
    image_note: "",
    curve: [],
    mean_shared: [],
    quality: null,
    chance: null,
    faithfulness: null,
    numbers: numbersIn("coming"),
    join_report: {
      matched: n,
      only_a: 3,
      only_b: 0,
      dropped_a: 0,
      dropped_b: 0,
      paired_by: "by id",
      notes: ["metadata by index"],
    },
    progress: { step: "finding neighbours in A", share: 0.3, seconds_left: 42 },
    spaces: [],
    steps: [],
    pair: [0, 1],
    pair_shown: [0, 1],
    space_quality: null,
    pairs_test: null,
    focus: null,
    selected: "",
    key: "fake",
    error: "",
    height: 400,
  };
}

/** What changes when all is known. */
export function finished({ n, k_max, shared }: FakeData): Partial<Traits> {
  const curve: CurvePoint[] = [];
  for (let k = 1; k <= k_max; k++) {
    let sum = 0;
    for (const m of shared.subarray((k - 1) * n, k * n)) sum += m / (2 * k - m);
    const chance = k / (2 * (n - 1));
    curve.push([sum / n, sum / n - 0.01, sum / n + 0.01, chance]);
  }
  return {
    curve,
    mean_shared: Array.from(curve, (_, row) => mean(shared.subarray(row * n, (row + 1) * n))),
    quality: QUALITY,
    chance: chanceOf(curve),
    faithfulness: FAITHFULNESS,
    columns: ALL_COLUMNS,
    numbers: numbersIn("known"),
    progress: { step: "", share: 1, seconds_left: null },
  };
}

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Positions of both maps in one unit square, as the kernel sends them. */
function quantised(data: FakeData, points: Float32Array): Uint16Array {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const positions of [data.positions_a, data.positions_b]) {
    positions.forEach((value, i) => {
      low[i % 2] = Math.min(low[i % 2], value);
      high[i % 2] = Math.max(high[i % 2], value);
    });
  }
  const side = Math.max(high[0] - low[0], high[1] - low[1]) || 1;
  return Uint16Array.from(points, (value, i) => {
    const center = (low[i % 2] + high[i % 2]) / 2;
    return Math.round(65535 * (0.5 + (value - center) / side));
  });
}
