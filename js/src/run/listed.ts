/** What the server says there is to choose from. */

import type { Asked } from "./asked.ts";

export interface ListedSpace {
  name: string;
  dataset: string;
  /** null: a file, which nobody has read yet. */
  n: number | null;
  dims: number | null;
  is_file: boolean;
}

/** Answer to `/spaces`, as `embwidget/page/catalogue.py` makes it. */
export interface Listed {
  spaces: ListedSpace[];
  metrics: string[];
  reducers: string[];
  k_max: number;
  /** What the command line chose. */
  start: Partial<Asked>;
  version: string;
  /** Why the registry cannot be read; "" = it can. */
  error: string;
}

/** Columns of a space's items: those that may be labels, a likely one, and those that may be texts. */
export interface Columns {
  space: string;
  labels: string[];
  label: string;
  texts: string[];
  error: string;
}

/** Names of the datasets, those first in which there is something to compare. */
export function datasetsIn({ spaces }: Listed): string[] {
  const counts = new Map<string, number>();
  for (const { dataset } of spaces) counts.set(dataset, (counts.get(dataset) ?? 0) + 1);
  const names = [...counts.keys()];
  return names.sort((a, b) => Number(counts.get(b) !== 1) - Number(counts.get(a) !== 1));
}

export async function fetchListed(): Promise<Listed> {
  const response = await fetch("/spaces");
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as Listed;
}
