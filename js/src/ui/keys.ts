/** Keys that lead from one element of a row to another. */

/** Index that a key leads to from `at`, around the ends of `n`; null = another key. */
export function keyTarget(key: string, at: number, n: number): number | null {
  if (key === "ArrowRight") return (at + 1) % n;
  if (key === "ArrowLeft") return (at + n - 1) % n;
  if (key === "Home") return 0;
  return key === "End" ? n - 1 : null;
}
