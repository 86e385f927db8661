/** Questions to whatever stands behind the model, and their answers, matched by number. */

import type { FromKernel, Model, Question } from "./model.ts";

/** What comes back: JSON and the buffers beside it. */
export interface Answer {
  result: unknown;
  buffers: DataView[];
}

/** After this long without an answer the screen says so; the question stays open. */
export const PATIENCE_MS = 5000;

interface Pending {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

/** `onSilence(true)` is called while an answer is overdue. */
export class Channel {
  #model: Model;
  #onSilence: (silent: boolean) => void;
  #pending = new Map<number, Pending>();
  // Pages of one kernel hear each other's answers: each counts from a number of its own.
  #next = Math.floor(Math.random() * 2 ** 31) * 2 ** 20;

  constructor(model: Model, onSilence: (silent: boolean) => void) {
    this.#model = model;
    this.#onSilence = onSilence;
  }

  ask(question: Question): Promise<Answer> {
    const request = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#onSilence(true), PATIENCE_MS);
      this.#pending.set(request, { resolve, reject, timer });
      this.#model.send({ type: "ask", request, ...question });
    });
  }

  /** Settles the question that a reply belongs to; replies to another page's questions are not ours. */
  settle(message: FromKernel & { type: "reply" }, buffers: DataView[]): void {
    const pending = this.#pending.get(message.request);
    if (!pending) return;
    this.#pending.delete(message.request);
    clearTimeout(pending.timer);
    this.#onSilence(false);
    if (message.error) pending.reject(new Error(message.error));
    else pending.resolve({ result: message.result, buffers });
  }

  destroy(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }
}
