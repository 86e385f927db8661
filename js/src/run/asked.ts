/** What a person asks to see, in the address of the page: a link that opens the same again. */

/** A comparison as `embwidget/page/asked.py` takes it. */
export interface Asked {
  a: string;
  b: string;
  k: number;
  /** "" = each space's own. */
  metric: string;
  reducer: string;
  /** Columns of the metadata; "" = none. */
  label: string;
  text: string;
}

export const USUAL: Readonly<Asked> = {
  a: "",
  b: "",
  k: 10,
  metric: "",
  reducer: "umap",
  label: "",
  text: "",
};

const NAMES = Object.keys(USUAL) as (keyof Asked)[];

/** What stands behind the "#": what is as usual is left out, but for the label, which may be guessed. */
export function linkOf(asked: Asked): string {
  const words = new URLSearchParams();
  for (const name of NAMES) {
    const value = String(asked[name]);
    if (name === "label" || value !== String(USUAL[name])) words.set(name, value);
  }
  return `#${words}`;
}

/** What a link says; null when it names no two spaces. What makes no sense in it is left out. */
export function askedIn(hash: string): Partial<Asked> | null {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const found: Partial<Asked> = {};
  for (const name of NAMES) {
    const value = words.get(name);
    if (value === null) continue;
    if (name !== "k") found[name] = value;
    else if (/^[1-9]\d{0,2}$/.test(value)) found.k = Number(value);
  }
  return found.a && found.b ? found : null;
}

export function isSame(one: Asked, other: Asked): boolean {
  return NAMES.every((name) => one[name] === other[name]);
}

/** "glove and minilm", and how they are compared. */
export function wordsOf(asked: Asked): { title: string; detail: string } {
  const detail = [
    `k ${asked.k}`,
    asked.metric.replaceAll("_", " "),
    asked.reducer,
    asked.label && `label ${asked.label}`,
    asked.text && `text ${asked.text}`,
  ];
  return { title: `${asked.a} and ${asked.b}`, detail: detail.filter(Boolean).join(" · ") };
}
