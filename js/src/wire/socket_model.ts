/** A model whose other half is a server: traits and messages go over one connection. */

import type { FromScreen, Model, Traits } from "./model.ts";

type Listener = (...args: never[]) => void;

/** Hands a message to the server. */
export type Say = (head: Record<string, unknown>) => void;

export class SocketModel implements Model {
  readonly #traits: Traits;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #say: Say;
  #unsaved: Partial<Traits> = {};

  constructor(traits: Traits, say: Say) {
    this.#traits = { ...traits };
    this.#say = say;
  }

  get<K extends keyof Traits>(key: K): Traits[K] {
    return this.#traits[key];
  }

  set<K extends keyof Traits>(key: K, value: Traits[K]): void {
    this.#traits[key] = value;
    this.#unsaved[key] = value;
    this.#fire(`change:${key}`);
  }

  save_changes(): void {
    if (Object.keys(this.#unsaved).length === 0) return;
    this.#say({ type: "traits", state: this.#unsaved });
    this.#unsaved = {};
  }

  send(content: FromScreen): void {
    this.#say({ type: "custom", content });
  }

  on(event: string, callback: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(callback));
  }

  off(event: string, callback?: Listener): void {
    if (callback) this.#listeners.get(event)?.delete(callback);
    else this.#listeners.delete(event);
  }

  /** Takes traits that the server changed. */
  take(state: Partial<Traits>): void {
    Object.assign(this.#traits, state);
    for (const name of Object.keys(state)) this.#fire(`change:${name}`);
  }

  /** Takes a message of the server's, with the buffers beside it. */
  hear(content: unknown, buffers: DataView[]): void {
    this.#fire("msg:custom", content, buffers);
  }

  #fire(event: string, ...args: unknown[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(...(args as never[]));
  }
}
