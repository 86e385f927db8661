/** A model with a kernel inside the page: the same traits, messages and answers, from made-up data. */

import type {
  CurvePoint,
  FromKernel,
  FromScreen,
  Model,
  Part,
  Question,
  SelectionEncoding,
  Traits,
} from "../src/wire/model.ts";
import { decodeSelection, encodeSelection } from "../src/wire/selection.ts";
import type { FakeData } from "./fake_data.ts";
import {
  ALL_COLUMNS,
  type Answer,
  chanceOf,
  changesOf,
  FAITHFULNESS,
  groupItems,
  labelItems,
  METADATA,
  measuredColumn,
  numbersIn,
  qualityOf,
} from "./fake_numbers.ts";

type Listener = (...args: never[]) => void;

export interface FakeOptions {
  /** "all" sends everything; "maps" only the positions, as while the graphs are computed; "none" nothing. */
  send?: "all" | "maps" | "none";
  /** False: neighbours are asked for item by item, as for large data. */
  sendGraph?: boolean;
  /** Labels besides those of the items, to see a long list. */
  manyLabels?: number;
  traits?: Partial<Traits>;
}

/** Traits that change when all is known. */
const READY = ["curve", "chance", "faithfulness", "columns", "numbers", "progress"] as const;

export class FakeKernel implements Model {
  readonly data: FakeData;
  /** Every message that the screen sent, for tests. */
  readonly received: FromScreen[] = [];
  /** What Python would have as `w.selection`. */
  selection: Uint32Array = new Uint32Array(0);
  /** Traits as the kernel last saw them. */
  saved: Traits;
  /** False: questions are not answered, as by a kernel that was restarted. */
  alive = true;
  /** What has been sent, and in which version. */
  readonly versions: Partial<Record<Part, number>> = {};
  #traits: Traits;
  #options: FakeOptions;
  #listeners = new Map<string, Set<Listener>>();

  constructor(data: FakeData, options: FakeOptions = {}) {
    this.data = data;
    this.#options = options;
    this.#traits = { ...traitsOf(data, options.send ?? "all"), ...options.traits };
    this.saved = { ...this.#traits };
  }

  get<K extends keyof Traits>(key: K): Traits[K] {
    return this.#traits[key];
  }

  set<K extends keyof Traits>(key: K, value: Traits[K]): void {
    this.#traits[key] = value;
    this.#fire(`change:${key}`);
  }

  save_changes(): void {
    this.saved = { ...this.#traits };
  }

  on(event: string, callback: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(callback));
  }

  off(event: string, callback?: Listener): void {
    if (callback) this.#listeners.get(event)?.delete(callback);
    else this.#listeners.delete(event);
  }

  /** How many listeners are left, to see that a view cleans up. */
  listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }

  send(message: FromScreen, _callbacks?: unknown, buffers: (ArrayBuffer | ArrayBufferView)[] = []) {
    this.received.push(message);
    if (!this.alive) return;
    if (message.type === "ready") queueMicrotask(() => this.sendAll(this.#options.send ?? "all"));
    if (message.type === "fetch") {
      queueMicrotask(() => {
        for (const part of message.parts) this.#sendPart(part);
      });
    }
    if (message.type === "selection") {
      const bytes = new Uint8Array(buffers[0] as Uint8Array);
      this.selection = decodeSelection(message.encoding, new DataView(bytes.buffer), this.data.n);
    }
    if (message.type === "ask") queueMicrotask(() => this.#answer(message.request, message));
  }

  /** What the kernel does when a part becomes known. */
  sendAll(what: "all" | "maps" | "none"): void {
    if (what === "none") return;
    this.#offer("positions");
    if (what === "maps") return;
    const ready = traitsOf(this.data, "all");
    const given = this.#options.traits ?? {};
    for (const name of READY) if (!(name in given)) this.set(name, ready[name] as never);
    this.#offer("shared");
    if (this.#options.sendGraph !== false) this.#offer("graph");
    this.select(this.selection);
  }

  #offer(part: Part): void {
    this.versions[part] = (this.versions[part] ?? 0) + 1;
    this.#sendPart(part);
  }

  #sendPart(part: Part): void {
    const { data } = this;
    const version = this.versions[part] ?? 0;
    const { k_max } = data;
    if (part === "positions") {
      this.emit({ type: part, version, reducer: this.#traits.reducer }, [
        quantised(data, data.positions_a),
        quantised(data, data.positions_b),
      ]);
    } else if (part === "shared") this.emit({ type: part, version, k_max }, [data.shared]);
    else {
      this.emit({ type: part, version, k_max, dtype: "uint32" }, [
        data.indices_a,
        data.distances_a,
        data.indices_b,
        data.distances_b,
      ]);
    }
  }

  /** What `w.selection = items` does in Python. */
  select(items: Uint32Array): void {
    this.selection = items;
    const { encoding, buffer } = encodeSelection(items, this.data.n);
    this.emit({ type: "selection", encoding: encoding as SelectionEncoding }, [
      new Uint8Array(buffer),
    ]);
  }

  emit(message: FromKernel, arrays: ArrayBufferView[]): void {
    const buffers = arrays.map((array) => {
      const copy = new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
      return new DataView(copy.buffer);
    });
    this.#fire("msg:custom", message, buffers);
  }

  #fire(event: string, ...args: unknown[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(...(args as never[]));
  }

  #answer(request: number, question: Question): void {
    try {
      const { result, arrays } = answerOf(this.data, question, this.#options.manyLabels ?? 0);
      this.emit({ type: "reply", request, result, error: "" }, arrays);
    } catch (error) {
      this.emit({ type: "reply", request, result: null, error: (error as Error).message }, []);
    }
  }
}

function answerOf(data: FakeData, question: Question, manyLabels: number): Answer {
  const { n, k_max, items } = data;
  switch (question.kind) {
    case "neighbors": {
      const [start, end] = [question.args.item * k_max, (question.args.item + 1) * k_max];
      const arrays = [data.indices_a, data.distances_a, data.indices_b, data.distances_b];
      return { result: {}, arrays: arrays.map((array) => array.subarray(start, end)) };
    }
    case "rows": {
      const found = question.args.items.map((item) => items[item]);
      const rows = found.map(({ item, id, label, labels, text, picture }) => {
        return { item, id, label, labels, text, image: picture ? "image/png" : null };
      });
      return { result: { rows }, arrays: found.flatMap(({ picture }) => picture ?? []) };
    }
    case "shared":
      return {
        result: {},
        arrays: [data.shared.subarray((question.args.k - 1) * n, question.args.k * n)],
      };
    case "search": {
      const query = question.args.query.toLowerCase();
      const found = items.filter(({ id, text }) => `${id} ${text}`.toLowerCase().includes(query));
      const first = found.slice(0, question.args.limit).map(({ item }) => item);
      return { result: { items: first, total: found.length }, arrays: [] };
    }
    case "column": {
      const { name, k } = question.args;
      return measuredColumn(data, name, k) ?? columnOf(data, name);
    }
    case "quality":
      return { result: qualityOf(data, manyLabels), arrays: [] };
    case "label_items":
      return labelItems(data, question.args.code);
    case "groups":
      return { result: changesOf(data), arrays: [] };
    case "group_items":
      return groupItems(data, question.args.row);
  }
}

function columnOf({ items }: FakeData, name: string): Answer {
  if (name === "score") {
    const values = Float32Array.from(items, ({ score }) => score);
    const known = values.filter((value) => !Number.isNaN(value));
    const [min, max] = [Math.min(...known), Math.max(...known)];
    const missing = values.length - known.length;
    return { result: { kind: "numeric", name, min, max, missing }, arrays: [values] };
  }
  if (name !== "kind") throw new Error(`no column ${name}: there are kind and score`);
  const counted = new Map<string, number>();
  for (const { label } of items)
    if (label !== null) counted.set(label, (counted.get(label) ?? 0) + 1);
  const categories = [...counted.keys()].sort(
    (p, q) => (counted.get(q) ?? 0) - (counted.get(p) ?? 0),
  );
  const codes = Uint16Array.from(items, ({ label }) =>
    label === null ? 65535 : categories.indexOf(label),
  );
  const counts = categories.map((category) => counted.get(category) ?? 0);
  const missing = codes.filter((code) => code === 65535).length;
  return { result: { kind: "category", name, categories, counts, missing }, arrays: [codes] };
}

function traitsOf(data: FakeData, send: "all" | "maps" | "none"): Traits {
  const { n, k_max, shared } = data;
  const curve: CurvePoint[] = [];
  for (let k = 1; k <= k_max; k++) {
    let sum = 0;
    for (const m of shared.subarray((k - 1) * n, k * n)) sum += m / (2 * k - m);
    const chance = k / (2 * (n - 1));
    curve.push([sum / n, sum / n - 0.01, sum / n + 0.01, chance]);
  }
  return {
    n_items: n,
    space_a: { name: "words", n_dims: 50, metric: "cosine", engine: "exact", recall: null },
    space_b: { name: "sentences", n_dims: 384, metric: "cosine", engine: "exact", recall: null },
    reducer: "umap",
    k: Math.min(10, k_max),
    k_max,
    color_by: "coincidence",
    columns: send === "all" ? ALL_COLUMNS : METADATA,
    label: "kind",
    text: "text",
    image: "",
    curve: send === "all" ? curve : [],
    chance: send === "all" ? chanceOf(curve) : null,
    faithfulness: send === "all" ? FAITHFULNESS : null,
    numbers: numbersIn(send === "all" ? "known" : "coming"),
    join_report: { matched: n, only_a: 3, only_b: 0 },
    progress:
      send === "all"
        ? { step: "", share: 1, seconds_left: null }
        : { step: "finding neighbours in A", share: 0.3, seconds_left: 42 },
    focus: null,
    error: "",
    height: 400,
  };
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
