/** Keys that lead from one element of a row to another. */

/**
 * Index that a key leads to from `at`, of `n`; null = another key.
 *
 * @param ends what comes after the last and before the first: "wrap" goes round, "stop" stays
 */
export function keyTarget(
  key: string,
  at: number,
  n: number,
  ends: "wrap" | "stop" = "wrap",
): number | null {
  if (key === "Home") return 0;
  if (key === "End") return n - 1;
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return null;
  return ends === "wrap" ? (at + n + step) % n : Math.min(n - 1, Math.max(0, at + step));
}
