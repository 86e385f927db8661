/** A model without a kernel: the same traits, messages and answers, from data in the page. */

import { messageOf } from "../ui/errors.ts";
import { HeardModel } from "./heard_model.ts";
import type { Bulk, FromKernel, FromScreen, Model, Question, Traits } from "./model.ts";
import { type Named, withName, withoutName, withRenamed } from "./named.ts";
import { type PageAnswer, PageAnswers } from "./page/answers.ts";
import type { Indices, PageData } from "./page/data.ts";
import { encodeSelection, itemsInText, selectionText } from "./selection.ts";

const NOTHING: PageData = {
  items: [],
  positions: null,
  graph: null,
  shared: null,
  copyOf: null,
  labels: null,
  columns: new Map(),
  quality: null,
  groups: null,
  spaces: null,
};

export class PageModel extends HeardModel implements Model {
  /** What Python would have as `w.selections`. */
  selections: Named = new Map();
  /** What there is for the screen to fetch, and in which version. */
  readonly versions: Partial<Record<Bulk, number>> = {};
  readonly #traits: Traits;
  #data: PageData = NOTHING;
  readonly #answers: PageAnswers;

  /** @param data what is known to begin with; the rest comes by `know` */
  constructor(traits: Traits, data: Partial<PageData>) {
    super();
    this.#traits = { ...traits };
    this.#answers = new PageAnswers(traits.n_items, traits.show?.length ?? 0, NOTHING);
    this.know(data);
  }

  /** Takes what is known from now on, and offers it to the screen. */
  know(data: Partial<PageData>, traits: Partial<Traits> = {}): void {
    const before = this.#data.spaces;
    this.#data = { ...this.#data, ...data };
    this.#answers.know(this.#data);
    if (data.positions) this.offer("positions");
    for (const name of Object.keys(traits) as (keyof Traits)[]) {
      this.set(name, traits[name] as never);
    }
    // Of the graph alone it follows; what is known already is not told again.
    if (data.shared || (data.graph && !this.#data.shared)) this.offer("shared");
    if (data.graph) this.offer("graph");
    const { frames, matrix, graphs } = data.spaces ?? {};
    if (frames && frames !== before?.frames) this.offer("frames");
    if (matrix && matrix !== before?.matrix) this.offer("matrix");
    if (graphs && graphs !== before?.graphs) this.offer("graphs");
  }

  /** Row positions, ascending; what Python would have as `w.selection`. */
  get selection(): Uint32Array {
    return itemsInText(this.#traits.selected, this.#traits.n_items);
  }

  get<K extends keyof Traits>(key: K): Traits[K] {
    return this.#traits[key];
  }

  set<K extends keyof Traits>(key: K, value: Traits[K]): void {
    this.#traits[key] = value;
    this.fire(`change:${key}`);
  }

  /** There is nobody else to tell. */
  save_changes(): void {}

  send(message: FromScreen, _callbacks?: unknown): void {
    if (message.type === "name") {
      const items = itemsInText(message.rows, this.#traits.n_items);
      this.selections = withName(this.selections, message.name, items);
    } else if (message.type === "rename") {
      this.selections = withRenamed(this.selections, message.name, message.to);
    } else if (message.type === "forget") {
      this.selections = withoutName(this.selections, message.name);
    }
    // Answers come after the question, as from a kernel.
    queueMicrotask(() => {
      if (message.type === "ready") this.#greet();
      else if (message.type === "fetch") for (const bulk of message.parts) this.#sendBulk(bulk);
      else if (message.type === "ask") void this.#reply(message);
    });
  }

  /** Selects items on the screen, as `w.selection = items` does in Python. */
  select(items: Uint32Array): void {
    this.set("selected", selectionText(items, this.#traits.n_items));
  }

  /** Stores selections on the screen, as `w.selections = named` does in Python. */
  nameAll(named: Named): void {
    this.selections = named;
    const n = this.#traits.n_items;
    const written = Array.from(named.values(), (items) => encodeSelection(items, n));
    const encodings = written.map(({ encoding }) => encoding);
    const buffers = written.map(({ buffer }) => buffer);
    this.emit({ type: "selections", names: [...named.keys()], encodings }, buffers);
  }

  /** A message to whoever listens, with arrays beside it; they are not copied. */
  emit(message: FromKernel, arrays: ArrayBufferView[]): void {
    const buffers = arrays.map(
      ({ buffer, byteOffset, byteLength }) => new DataView(buffer, byteOffset, byteLength),
    );
    this.fire("msg:custom", message, buffers);
  }

  /** Bulk became known: it is sent to whoever listens already. */
  protected offer(bulk: Bulk): void {
    this.versions[bulk] = (this.versions[bulk] ?? 0) + 1;
    this.#sendBulk(bulk);
  }

  #greet(): void {
    this.emit({ type: "holds", versions: { ...this.versions } }, []);
    if (this.selections.size > 0) this.nameAll(this.selections);
  }

  #sendBulk(bulk: Bulk): void {
    const { positions, graph, shared } = this.#data;
    const { frames, matrix, graphs } = this.#data.spaces ?? {};
    const version = this.versions[bulk] ?? 0;
    const pair = this.#traits.pair_shown;
    if (bulk === "positions" && positions) {
      const { a, b } = positions;
      this.emit({ type: bulk, version, reducer: this.#traits.reducer }, [a, b]);
    } else if (bulk === "shared" && (shared || graph)) {
      const { k_max, counts } = this.#answers.shared;
      this.emit({ type: bulk, version, k_max, pair }, [counts]);
    } else if (bulk === "graph" && graph) {
      const dtype = dtypeOf(graph.indices_a);
      this.emit({ type: bulk, version, k_max: graph.k_max, dtype, pair }, [
        graph.indices_a,
        graph.distances_a,
        graph.indices_b,
        graph.distances_b,
      ]);
    } else if (bulk === "frames" && frames) {
      const { of, nComponents: n_components, kept } = frames;
      const { reducer } = this.#traits;
      this.emit({ type: bulk, version, reducer, n_components, kept: [...kept] }, [...of]);
    } else if (bulk === "matrix" && matrix) {
      const { k_max, chance, values } = matrix;
      this.emit({ type: bulk, version, k_max, chance }, [values]);
    } else if (bulk === "graphs" && graphs) {
      const { k_max, of } = graphs;
      const arrays = of.flatMap(({ indices, distances }) => [indices, distances]);
      this.emit({ type: bulk, version, k_max, dtype: dtypeOf(of[0].indices) }, arrays);
    }
  }

  /** What a question needs that is not here yet; null = all is. */
  protected prepare(_question: Question): Promise<void> | null {
    return null;
  }

  /** @throws Error of one line when nothing can answer */
  protected answer(question: Question): PageAnswer {
    return this.#answers.answer(question);
  }

  /** What is known. */
  protected get held(): PageData {
    return this.#data;
  }

  async #reply(question: FromScreen & { type: "ask" }): Promise<void> {
    let answer: PageAnswer = { result: null, arrays: [] };
    let problem = "";
    try {
      const coming = this.prepare(question);
      if (coming) await coming;
      answer = this.answer(question);
    } catch (error) {
      problem = messageOf(error);
    }
    const { request } = question;
    this.emit({ type: "reply", request, result: answer.result, error: problem }, answer.arrays);
  }
}

function dtypeOf(indices: Indices): "uint16" | "uint32" {
  return indices.BYTES_PER_ELEMENT === 2 ? "uint16" : "uint32";
}
