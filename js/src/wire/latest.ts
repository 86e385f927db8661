/** Questions that are not asked twice, and questions that are soon out of date. */

interface Waiting<T> {
  ask(): Promise<T>;
  resolve(answer: T | null): void;
  reject(error: unknown): void;
}

/**
 * One question at a time, of those that wait only the last: for answers that matter only until the
 * next question, as those of a slider do.
 */
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

/** The promise of the first call; a question that failed may be asked again. */
export function remember<K, V>(
  cache: Map<K, Promise<V>>,
  key: K,
  make: () => Promise<V>,
): Promise<V> {
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  made.catch(() => cache.delete(key));
  return made;
}
