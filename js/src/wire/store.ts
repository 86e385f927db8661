/** Everything that this page has been told, and the one way to ask for more. */

import { messageOf } from "../ui/errors.ts";
import { Answers } from "./answers.ts";
import { Bulks } from "./bulks.ts";
import { Channel, PATIENCE_MS } from "./channel.ts";
import { Emitter } from "./emitter.ts";
import type { StoreEvents } from "./events.ts";
import { Line, type LineState } from "./line.ts";
import type { FromKernel, Model, NeighborLists, NumberInfos, Row, Traits, TwoOf } from "./model.ts";
import { type Named, withName, withoutName, withRenamed } from "./named.ts";
import { type Arriving, Pieces } from "./pieces.ts";
import { RowCache } from "./rows.ts";
import { Selected } from "./selected.ts";
import { decodeSelection, selectionText } from "./selection.ts";
import { isSame, type Maps, OF_PAIR, Several } from "./several.ts";

/** While a slider or brush moves, the kernel hears of it when it rests for this long. */
const SAVE_DELAY_MS = 100;
/** While work is under way and nothing is heard of it for this long, the kernel is asked whether it lives. */
const PULSE_MS = 3000;

/**
 * One store a widget, shared by all its views. Traits are read and written through `get` and `set`;
 * what comes by messages is announced through `events`.
 */
export class Store {
  readonly events = new Emitter<StoreEvents>();
  readonly answers: Answers;
  readonly several: Several;
  /** Selections that are stored by a name. */
  selections: Named = new Map();
  readonly #model: Model;
  readonly #line: Line;
  readonly #channel: Channel;
  readonly #rows: RowCache;
  readonly #bulks: Bulks;
  readonly #selected: Selected;
  readonly #pieces = new Pieces();
  #saving: ReturnType<typeof setTimeout> | undefined;
  #selecting: ReturnType<typeof setTimeout> | undefined;
  readonly #firstSign: ReturnType<typeof setTimeout>;
  readonly #pulse: ReturnType<typeof setInterval>;
  /** Nothing came since the last look. */
  #isQuiet = false;
  #awaitsSign = true;
  readonly #onProgress = (): void => {
    this.#isQuiet = false;
    // A busy kernel owes its answers even while its work goes on.
    if (this.#awaitsSign || this.#line.isCut) this.#hear();
  };

  readonly #onPair = (): void => {
    if (this.several.turnTo(this.#model.get("pair"), false)) this.#turned(true);
    this.several.rest();
  };
  readonly #heard: [event: string, listener: (...args: never[]) => void][] = [
    ["msg:custom", (message: FromKernel, buffers: DataView[]) => this.#receive(message, buffers)],
    ["change:progress", this.#onProgress],
    ["change:pair", this.#onPair],
    ["change:pair_shown", () => this.events.emit("pair", OF_PAIR)],
  ];

  constructor(model: Model) {
    this.#model = model;
    this.#line = new Line(model, (state) => this.#onLine(state));
    this.#channel = new Channel(this.#line, (question) => {
      // What the person chose before is to be known to whoever answers.
      if (this.#saving !== undefined && this.several.isOfPair(question)) this.#save();
      return this.several.hold(question);
    });
    this.several = new Several(model, this.#channel, (traits) => this.events.emit("pair", traits));
    this.#rows = new RowCache(this.#channel);
    this.#bulks = new Bulks(this.#channel, model.get("n_items"), this.several, this.events);
    this.answers = new Answers(this.#channel);
    this.#selected = new Selected(model, (items) => {
      // The kernel's word is newer than a selection that has not left yet.
      clearTimeout(this.#selecting);
      this.events.emit("selection", items);
    });
    for (const [event, listener] of this.#heard) model.on(event, listener);
    this.#line.send({ type: "ready" });
    this.#firstSign = setTimeout(() => this.#line.miss(), PATIENCE_MS);
    this.#pulse = setInterval(() => this.#lookAfter(), PULSE_MS);
  }

  get<K extends keyof Traits>(key: K): Traits[K] {
    const said = this.several.overlaid(key);
    return said === undefined ? this.#model.get(key) : said;
  }

  /** The maps of the two spaces, once they are here. */
  get positions(): Maps | null {
    return this.#bulks.positions;
  }

  /** Whether there is Python beside the page, in which a person could go on. */
  get hasPython(): boolean {
    return !this.#model.isAlone;
  }

  /** Whether neighbours are here, or will be. */
  get hasLists(): boolean {
    return this.#model.hasLists !== false && !this.several.lacksLists;
  }

  /** Sets a trait at once for this page, and for the kernel a moment later. */
  set<K extends keyof Traits>(key: K, value: Traits[K]): void {
    if (this.#model.get(key) === value) return;
    this.#model.set(key, value);
    this.#saveSoon();
    // Whoever dismisses an error is not to be told the next one.
    if (key !== "error") this.#line.speak();
  }

  /**
   * Compares two others of several spaces: at once for this page, and for the kernel a moment later.
   *
   * @param isPassing they are soon others: the kernel hears of it by `restPair`
   * @param travel whether the points may take their time on the way
   */
  choosePair(pair: TwoOf, { isPassing = false, travel = true } = {}): void {
    if (this.several.turnTo(pair, isPassing)) this.#turned(travel);
    if (!isPassing) this.restPair();
  }

  /** The two spaces that are compared stay: the kernel is to hear of it. */
  restPair(): void {
    const { pair } = this.several;
    if (!isSame(pair, this.#model.get("pair"))) {
      this.#model.set("pair", pair);
      this.#saveSoon();
      this.#line.speak();
    }
    this.several.rest();
  }

  /** Other two are compared: what was said of the last two holds no more. */
  #turned(travel: boolean): void {
    const { several } = this;
    this.#channel.forget((question) => several.isOfPair(question));
    this.answers.forgetPair((column) => several.isMetadata(column));
    this.#bulks.turn(travel);
  }

  #saveSoon(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#save(), SAVE_DELAY_MS);
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    this.#model.save_changes();
    this.#lookForListener();
  }

  /** Calls `listener` whenever one of the traits changes; returns the end of it. */
  watch(keys: readonly (keyof Traits)[], listener: () => void): () => void {
    for (const key of keys) this.#model.on(`change:${key}`, listener);
    const stop = this.events.on("pair", (traits) => {
      if (traits.some((trait) => keys.includes(trait))) listener();
    });
    return () => {
      stop();
      for (const key of keys) this.#model.off(`change:${key}`, listener);
    };
  }

  /** Sorted row positions; empty = nothing selected. */
  get selection(): Uint32Array {
    return this.#selected.items;
  }

  /** Selects at once for this page, and for the kernel a moment later. */
  select(items: Uint32Array): void {
    this.#selected.items = items;
    this.events.emit("selection", items);
    clearTimeout(this.#selecting);
    this.#selecting = setTimeout(() => {
      this.#selected.write();
      this.#model.save_changes();
      this.#lookForListener();
    }, SAVE_DELAY_MS);
    this.#line.speak();
  }

  /** Stores the selection by a name; what had it goes. */
  nameSelection(name: string): void {
    const rows = selectionText(this.selection, this.get("n_items"));
    this.#line.send({ type: "name", name, rows });
    this.#setNamed(withName(this.selections, name, this.selection));
  }

  renameSelection(name: string, to: string): void {
    this.#line.send({ type: "rename", name, to });
    this.#setNamed(withRenamed(this.selections, name, to));
  }

  forgetSelection(name: string): void {
    this.#line.send({ type: "forget", name });
    this.#setNamed(withoutName(this.selections, name));
  }

  #setNamed(named: Named): void {
    this.selections = named;
    this.events.emit("selections", named);
  }

  /** Tells the kernel that the first map is on the screen. */
  drawn(): void {
    this.#line.send({ type: "drawn" });
  }

  cancel(): void {
    this.#line.send({ type: "cancel" });
  }

  /** Neighbours of `item` in both spaces. */
  neighbors(item: number): Promise<NeighborLists> {
    return this.#bulks.neighbors(item);
  }

  /** Mean distance of each item to its k nearest, (n,) for A and B; null where that is not here. */
  distances(k: number): [a: Float32Array, b: Float32Array] | null {
    return this.#bulks.distances(k);
  }

  /** The large message that is on its way. */
  get arriving(): Arriving | null {
    return this.#pieces.arriving;
  }

  /**
   * Neighbours shared at `k`, uint8 (n,); null until the graphs are there, and null from a promise
   * whose question was overtaken by a later one.
   */
  shared(k: number): Uint8Array | Promise<Uint8Array | null> | null {
    return this.#bulks.shared(k, this.get("curve").length > 0);
  }

  rows(items: Iterable<number>): Promise<Map<number, Row>> {
    return this.#rows.get(items);
  }

  /** The row if it is here already. */
  peekRow(item: number): Row | undefined {
    return this.#rows.peek(item);
  }

  destroy(): void {
    for (const [event, listener] of this.#heard) this.#model.off(event, listener);
    clearTimeout(this.#firstSign);
    clearInterval(this.#pulse);
    clearTimeout(this.#saving);
    clearTimeout(this.#selecting);
    this.#selected.destroy();
    this.#channel.destroy();
    this.#line.destroy();
    this.#rows.destroy();
  }

  /** The kernel gave a sign of life. */
  #hear(): void {
    const wasCut = this.#line.isCut;
    clearTimeout(this.#firstSign);
    this.#awaitsSign = false;
    this.#isQuiet = false;
    this.#line.heard();
    // A kernel that was given up in error answers with how far its work is.
    if (wasCut) this.#model.save_changes();
  }

  /** What a person chooses is answered by nobody, so that a kernel that is gone would stay unnoticed. */
  #lookForListener(): void {
    if (!this.#line.isWatched && !this.#line.isCut) void this.#channel.probe();
  }

  /** Work that nothing is heard of may have ended with its kernel, which not every host tells. */
  #lookAfter(): void {
    if (this.get("progress").step === "") return;
    if (this.#isQuiet) void this.#channel.probe();
    this.#isQuiet = true;
  }

  #onLine(state: LineState): void {
    this.several.setCut(state === "cut");
    if (state === "cut") {
      this.#channel.giveUp();
      this.#stopWork();
    }
    this.events.emit("line", state);
  }

  /** Nothing of what is under way will come. */
  #stopWork(): void {
    const { step, share } = this.get("progress");
    if (step === "") return;
    this.#pieces.giveUp();
    const numbers = { ...this.get("numbers") };
    for (const name of Object.keys(numbers) as (keyof NumberInfos)[]) {
      if (numbers[name].state === "coming") numbers[name] = { state: "stopped", note: "" };
    }
    this.#model.off("change:progress", this.#onProgress);
    this.#model.set("numbers", numbers);
    this.#model.set("progress", { step: "", share: Math.min(share, 0.99), seconds_left: null });
    this.#model.on("change:progress", this.#onProgress);
    this.events.emit("arriving", null);
  }

  /** Asks for what there is and this page lacks, but for what is on its way. */
  #fetch(versions: Parameters<Bulks["lacking"]>[0]): void {
    const coming = this.#pieces.arriving?.whole.type;
    const parts = this.#bulks.lacking(versions).filter((bulk) => bulk !== coming);
    if (parts.length > 0) this.#line.send({ type: "fetch", parts });
  }

  #receive(message: FromKernel, buffers: DataView[]): void {
    this.#hear();
    switch (message.type) {
      case "piece":
        try {
          const made = this.#pieces.add(message, buffers[0]);
          if (made) this.#receive(made.whole, made.buffers);
        } catch (error) {
          this.events.emit("failure", messageOf(error));
        }
        this.events.emit("arriving", this.#pieces.arriving);
        break;
      case "holds":
        this.#fetch(message.versions);
        break;
      case "reply":
        this.#channel.settle(message, buffers);
        break;
      case "selections": {
        const n = this.get("n_items");
        const { names, encodings } = message;
        const items = encodings.map((each, i) => decodeSelection(each, buffers[i], n));
        this.#setNamed(new Map(names.map((name, i) => [name, items[i]])));
        break;
      }
      default:
        // What is "written" has been read where its pieces were put together.
        if (message.type !== "written") this.#bulks.take(message, buffers);
    }
  }
}
