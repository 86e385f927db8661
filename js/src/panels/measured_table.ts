/** A table that is measured after the neighbours: asked for when it is known and somebody looks. */

import { messageOf } from "../ui/errors.ts";
import type { TwoOf } from "../wire/model.ts";
import { type Missing, missingWords } from "./figures.ts";
import type { PanelContext } from "./panel.ts";

export interface MeasuredTableOptions<T> {
  /** The entry of the trait `numbers` that says how far it is. */
  name: "groups" | "quality";
  ask(): Promise<T>;
  /** The table came. */
  onTable(): void;
}

export class MeasuredTable<T> {
  readonly #context: PanelContext;
  readonly #options: MeasuredTableOptions<T>;
  #table: T | null = null;
  /** What the table is of. */
  #pair: TwoOf | null = null;

  constructor(context: PanelContext, options: MeasuredTableOptions<T>) {
    this.#context = context;
    this.#options = options;
  }

  /** The table, null while it is not here; why it is not; and what there is to say of it. */
  read(): { table: T | null; missing: Missing | null; note: string } {
    const info = this.#context.store.get("numbers")[this.#options.name];
    const { pair } = this.#context.store.several;
    if (this.#pair !== pair) this.#table = null;
    this.#pair = pair;
    let missing = missingWords(info);
    if (!missing && !this.#table) {
      this.#ask();
      missing = missingWords({ state: "coming", note: "" });
    }
    return { table: missing ? null : this.#table, missing, note: info.note };
  }

  #ask(): void {
    const take = (table: T) => {
      this.#table = table;
      this.#options.onTable();
    };
    const fail = (error: unknown) => this.#context.onError(messageOf(error));
    this.#options.ask().then(take).catch(fail);
  }
}
