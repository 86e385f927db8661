/** Texts that are cut as Python cuts them. */

/** The first characters of a text, counted as Python does. */
export function cut<T extends string | null>(text: T, most: number): T {
  if (text === null || text.length <= most) return text;
  return Array.from(text.slice(0, 2 * most))
    .slice(0, most)
    .join("") as T;
}
