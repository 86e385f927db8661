/** Selections that have a name, in the order in which they are listed. */

/** By name, row positions, ascending. */
export type Named = ReadonlyMap<string, Uint32Array>;

/** What Python takes for a name; Python counts characters as people do. */
export const MAX_NAME_CHARS = 100;

/** The same with items stored by a name; one that has it already goes, and its place stays. */
export function withName(named: Named, name: string, items: Uint32Array): Named {
  return new Map(named).set(name, items);
}

/** The same with another name for one of them, in its place. */
export function withRenamed(named: Named, name: string, to: string): Named {
  return new Map(Array.from(named, ([each, items]) => [each === name ? to : each, items]));
}

/** The same without one. */
export function withoutName(named: Named, name: string): Named {
  const left = new Map(named);
  left.delete(name);
  return left;
}
