/** Questions to whatever stands behind the model, and their answers, matched by number. */

import type { Line } from "./line.ts";
import type { FromKernel, Question } from "./model.ts";

/** What comes back: JSON and the buffers beside it. */
export interface Answer {
  result: unknown;
  buffers: DataView[];
}

/** After this long without an answer the screen says so; the question stays open. */
export const PATIENCE_MS = 5000;

export const CUT =
  "The kernel behind this widget has ended or was restarted: run the cell again to go on.";

const UNANSWERED = "The kernel was interrupted before it answered. Try again.";

/** Takes a kernel no time to answer. */
const PROBE: Question = { kind: "rows", args: { items: [] } };

interface Pending {
  question: Question;
  resolve(answer: Answer): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Channel {
  readonly #line: Line;
  readonly #hold: (question: Question) => Promise<void> | null;
  #pending = new Map<number, Pending>();
  // Pages of one kernel hear each other's answers: each counts from a number of its own.
  #next = Math.floor(Math.random() * 2 ** 31) * 2 ** 20;
  #probing: Promise<void> | null = null;

  /** @param hold gives what a question has to wait for before it leaves; null = nothing */
  constructor(line: Line, hold: (question: Question) => Promise<void> | null = () => null) {
    this.#line = line;
    this.#hold = hold;
  }

  ask(question: Question): Promise<Answer> {
    const held = this.#hold(question);
    return held ? held.then(() => this.ask(question)) : this.#askPatiently(question);
  }

  /** Nobody wants the answers to some questions any more: their promises stay open. */
  forget(isVain: (question: Question) => boolean): void {
    for (const [request, { question }] of [...this.#pending]) {
      if (isVain(question)) this.#take(request);
    }
  }

  #askPatiently(question: Question): Promise<Answer> {
    const timer = setTimeout(() => this.#line.miss(), PATIENCE_MS);
    // An interrupt may have taken the answer: a kernel that still knows the widget says so at once.
    return this.#ask(question, timer, async (request) => {
      await this.probe();
      this.#take(request)?.reject(new Error(UNANSWERED));
    });
  }

  /**
   * Asks whether anybody is there: a kernel that is done with the question and has not answered has
   * nobody who could. One that is busy may take its time; what it owes is not missed.
   *
   * @returns a promise kept once it is known, whatever the answer
   */
  probe(): Promise<void> {
    const done = () => {
      this.#probing = null;
    };
    this.#probing ??= this.#ask(PROBE, undefined, () => this.#line.cut()).then(done, done);
    return this.#probing;
  }

  /** Settles the question that a reply belongs to; replies to another page's questions are not ours. */
  settle(message: FromKernel & { type: "reply" }, buffers: DataView[]): void {
    const pending = this.#take(message.request);
    if (message.error) pending?.reject(new Error(message.error));
    else pending?.resolve({ result: message.result, buffers });
  }

  /** Nobody will answer what is open. */
  giveUp(): void {
    for (const request of [...this.#pending.keys()]) this.#take(request)?.reject(new Error(CUT));
  }

  destroy(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }

  /** @param onUnanswered called with its number when the kernel is done and has not answered */
  #ask(
    question: Question,
    timer: Pending["timer"],
    onUnanswered: (request: number) => void,
  ): Promise<Answer> {
    const request = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(request, { question, resolve, reject, timer });
      this.#line.send({ type: "ask", request, ...question }, () => {
        if (this.#pending.has(request)) onUnanswered(request);
      });
    });
  }

  #take(request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    clearTimeout(pending?.timer);
    return pending;
  }
}
