/** The model of a file that lives alone: what a question needs is read when it is asked, all in its turn. */

import { remember } from "./latest.ts";
import type { Bulk, Column, FromScreen, Question } from "./model.ts";
import type { PageAnswer } from "./page/answers.ts";
import type { PageData, PageSpaces } from "./page/data.ts";
import { type GraphIndices, sharedCounts } from "./page/graph_numbers.ts";
import { answerOfOthers } from "./page/other_pair.ts";
import type { Packed } from "./page/packed.ts";
import { pause } from "./page/parts.ts";
import { PageModel } from "./page_model.ts";
import { isOfPair, isSame } from "./several.ts";

/** What is read as one. */
type Load =
  | "positions"
  | "shared"
  | "matrix"
  | "graph"
  | "graphs"
  | "items"
  | "labels"
  | "quality"
  | "groups";

/** In the order of the file. */
const AFTER_THE_MAPS = ["graph", "graphs", "items", "labels", "quality", "groups"] as const;

/** For what a page waits before it reads on, at most. */
const DRAWN_MS = 1000;
const MEASURED_AT_K = "measured_at_k";

export class PackedModel extends PageModel {
  readonly isAlone = true;
  readonly #packed: Packed;
  readonly #loads = new Map<Load | `column ${string}`, Promise<void>>();
  #indices: GraphIndices | null = null;
  #columns: ReadonlyMap<string, Column> = new Map();
  #tellDrawn = (): void => {};
  readonly #drawn = new Promise<void>((done) => {
    this.#tellDrawn = done;
  });

  readonly hasLists: boolean;
  readonly hasAllLists: boolean;

  constructor(packed: Packed) {
    super(packed.head.traits, {});
    this.#packed = packed;
    this.hasLists = packed.head.k_lists > 0;
    this.hasAllLists = packed.hasAllGraphs;
  }

  /** Reads the maps, which a view draws as soon as it is there. */
  open(): Promise<void> {
    return this.#load("positions");
  }

  /** Reads what else every view shows, in the order of the file. */
  async load(): Promise<void> {
    // All cores are the first map's until it is on the screen; a page out of sight draws none.
    await Promise.race([this.#drawn, new Promise((done) => setTimeout(done, DRAWN_MS))]);
    await this.#load("matrix");
    await this.#load("shared");
    const named = await this.#packed.selections();
    if (named.size > 0) this.nameAll(named);
    for (const next of AFTER_THE_MAPS) {
      await pause();
      await this.#load(next);
    }
  }

  override send(message: FromScreen, callbacks?: unknown): void {
    if (message.type === "drawn") this.#tellDrawn();
    super.send(message, callbacks);
  }

  protected override prepare(question: Question): Promise<void> {
    switch (question.kind) {
      case "neighbors":
        return this.#load(this.#isOfOthers(question) ? "graphs" : "graph");
      case "shared":
        return this.#load(this.#isOfOthers(question) ? "graphs" : "shared");
      case "pair_shared":
        return this.#load("graphs");
      case "rows":
      case "texts":
        // Whether anybody is there is asked without items.
        return question.args.items.length > 0 ? this.#load("items") : Promise.resolve();
      case "search":
      case "search_items":
      case "ranks":
        return this.#load("items");
      case "column":
        return this.#prepareColumn(question);
      case "label_items":
        return this.#load("labels");
      case "quality":
        return this.#load("quality");
      default:
        return this.#load("groups");
    }
  }

  protected override offer(bulk: Bulk): void {
    // Lists that were left out are empty ones, which a page asks for item by item.
    if (bulk === "graph" && !this.hasLists) return;
    super.offer(bulk);
  }

  protected override answer(question: Question): PageAnswer {
    if (!this.#isOfOthers(question)) return super.answer(question);
    return answerOfOthers(question, this.held, {
      pair: this.get("pair"),
      sources: new Map(this.get("columns").map(({ name, source }) => [name, source])),
      nItems: this.get("n_items"),
      nShown: this.get("show").length,
    });
  }

  /** Whether it is about other two spaces than those that the file knows most of. */
  #isOfOthers(question: Question): boolean {
    if (isSame(this.get("pair"), this.get("pair_shown"))) return false;
    return isOfPair(question, this.get("columns"));
  }

  async #prepareColumn(question: Question & { kind: "column" }): Promise<void> {
    const { name } = question.args;
    const info = this.get("columns").find((column) => column.name === name);
    if (info?.source === MEASURED_AT_K) {
      await this.#load("labels");
      return this.#load(this.#isOfOthers(question) ? "graphs" : "graph");
    }
    return remember(this.#loads, `column ${name}`, async () => {
      const column = await this.#packed.column(name);
      if (!column) return;
      this.#columns = new Map(this.#columns).set(name, column);
      this.know({ columns: this.#columns });
    });
  }

  /** What is known of all spaces, with more. */
  #withSpaces(more: Partial<PageSpaces>): Partial<PageData> {
    const nothing = { frames: null, matrix: null, graphs: null };
    return { spaces: { ...(this.held.spaces ?? nothing), ...more } };
  }

  #load(what: Load): Promise<void> {
    return remember(this.#loads, what, async () => this.know(await this.#read(what)));
  }

  async #read(what: Load): Promise<Partial<PageData>> {
    const packed = this.#packed;
    switch (what) {
      case "positions": {
        const { spaces } = packed.head;
        if (!spaces) return { positions: await packed.positions() };
        return this.#withSpaces({ frames: await packed.frames(spaces) });
      }
      case "matrix": {
        const { spaces } = packed.head;
        return spaces ? this.#withSpaces({ matrix: await packed.matrix(spaces) }) : {};
      }
      case "graphs": {
        await this.#load("graph");
        const { graph } = this.held;
        if (!graph || !packed.head.spaces) return {};
        return this.#withSpaces({ graphs: await packed.graphs(graph) });
      }
      case "shared": {
        const indices = await packed.indices();
        this.#indices = indices;
        if (!indices) return { shared: await packed.shared() };
        return { shared: { k_max: indices.k_max, counts: sharedCounts(indices) } };
      }
      case "graph": {
        await this.#load("shared");
        if (this.#indices) {
          return { graph: await packed.graph(this.#indices), copyOf: await packed.copyOf() };
        }
        const [nobody, nowhere] = [new Uint32Array(0), new Float32Array(0)];
        const lists = { indices_a: nobody, indices_b: nobody };
        return { graph: { k_max: 0, ...lists, distances_a: nowhere, distances_b: nowhere } };
      }
      case "items":
        return { items: await packed.items() };
      case "labels":
        return { labels: await packed.labels() };
      case "quality":
        return { quality: await packed.quality() };
      case "groups":
        return { groups: await packed.groups() };
    }
  }
}
