/** One question at a time: while it is open, only the last of those that come is kept. */

interface Waiting<T> {
  ask(): Promise<T>;
  resolve(answer: T | null): void;
  reject(error: unknown): void;
}

/** For answers that matter only until the next question, as those of a slider do. */
export class Latest<T> {
  #isOpen = false;
  #waiting: Waiting<T> | null = null;

  /** The answer; null when a later question took the place of this one before it was asked. */
  ask(ask: () => Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      this.#waiting?.resolve(null);
      this.#waiting = { ask, resolve, reject };
      this.#next();
    });
  }

  #next(): void {
    const waiting = this.#waiting;
    if (this.#isOpen || !waiting) return;
    this.#waiting = null;
    this.#isOpen = true;
    waiting
      .ask()
      .then(waiting.resolve, waiting.reject)
      .finally(() => {
        this.#isOpen = false;
        this.#next();
      });
  }
}
