/** A model whose other half is a server: traits and messages go over one connection. */

import { HeardModel } from "./heard_model.ts";
import type { FromScreen, Model, Traits } from "./model.ts";

/** Hands a message to the server. */
export type Say = (head: Record<string, unknown>) => void;

export class SocketModel extends HeardModel implements Model {
  readonly #traits: Traits;
  readonly #say: Say;
  #unsaved: Partial<Traits> = {};

  constructor(traits: Traits, say: Say) {
    super();
    this.#traits = { ...traits };
    this.#say = say;
  }

  get<K extends keyof Traits>(key: K): Traits[K] {
    return this.#traits[key];
  }

  set<K extends keyof Traits>(key: K, value: Traits[K]): void {
    this.#traits[key] = value;
    this.#unsaved[key] = value;
    this.fire(`change:${key}`);
  }

  save_changes(): void {
    if (Object.keys(this.#unsaved).length === 0) return;
    this.#say({ type: "traits", state: this.#unsaved });
    this.#unsaved = {};
  }

  send(content: FromScreen): void {
    this.#say({ type: "custom", content });
  }

  /** Takes traits that the server changed. */
  take(state: Partial<Traits>): void {
    Object.assign(this.#traits, state);
    for (const name of Object.keys(state)) this.fire(`change:${name}`);
  }

  /** Takes a message of the server's, with the buffers beside it. */
  hear(content: unknown, buffers: DataView[]): void {
    this.fire("msg:custom", content, buffers);
  }
}
