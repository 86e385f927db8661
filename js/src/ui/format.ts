/** Numbers as text. Free of Intl, so that every host shows and every test reads the same. */

/** 1797 -> "1,797". */
export function count(n: number): string {
  return grouped(String(Math.round(n)));
}

/** "-1234567.8901" -> "-1,234,567.8901". */
export function grouped(digits: string): string {
  const [whole, fraction] = digits.split(".");
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

/** "1 item", "2 items". */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** A value in [0, 1] with three decimals, or two digits when it is smaller: 0.235, 0.0032. */
export function score(value: number): string {
  const size = Math.abs(value);
  if (size >= 0.01 || size < 1e-9) return value.toFixed(size < 1e-9 ? 0 : 3);
  return value.toFixed(1 - Math.floor(Math.log10(size)));
}

/** A share in [0, 1] as "12 %"; what is small but not nothing is "< 1 %". */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(share * 100)} %`;
}

/** Seconds as "about 40 s left", "about 3 min left": no finer than a guess is. */
export function timeLeft(seconds: number): string {
  if (seconds < 3) return "a few seconds left";
  const step = seconds < 20 ? 5 : 10;
  const rounded = Math.max(5, Math.round(seconds / step) * step);
  if (rounded < 90) return `about ${rounded} s left`;
  const minutes = Math.max(2, Math.round(seconds / 60));
  if (minutes < 90) return `about ${minutes} min left`;
  return `about ${Math.round(minutes / 60)} h left`;
}

/** Decimals that give the largest of `values` four digits, so that a column lines up. */
export function decimalsFor(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > largest && Number.isFinite(size)) largest = size;
  }
  if (largest === 0) return 3;
  return Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(largest))));
}

/** Any number in about four digits: 12,345; 0.5; 1.25e-7. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
    return value
      .toExponential(2)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  }
  const rounded = size >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
  return grouped(String(rounded));
}

/** A number so fine that others, `step` away from it, read otherwise; 0 = there are none. */
export function numberNear(value: number, step: number): string {
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (!Number.isFinite(size)) return number(value);
  // What `number` tells apart.
  const known = 10 ** (size >= 9 || size < -4 ? size - 2 : Math.min(0, size - 3));
  if (known <= step) return number(value);
  if (Math.abs(value) >= 1e21) return number(value);
  if (step === 0 || Number.isInteger(value)) return grouped(String(value));
  const decimals = Math.min(15, Math.max(0, Math.ceil(-Math.log10(step))));
  return grouped(value.toFixed(decimals));
}

/** The first `length` characters, with an ellipsis when something was cut. */
export function clip(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  return `${characters
    .slice(0, length - 1)
    .join("")
    .trimEnd()}…`;
}

const METRIC_NAMES: Record<string, string> = {
  precision_at_1: "precision@1",
  r_precision: "R-precision",
  mean_average_precision_at_r: "MAP@R",
};

/** What a metric by label is called: "MAP@R". */
export function metricName(metric: string): string {
  return METRIC_NAMES[metric] ?? metric.replaceAll("_", " ");
}

/** "88", "2.3"; "" where chance does not vary, or is not known. */
export function zWords(z: number | null): string {
  if (z === null) return "";
  return z >= 10 ? count(z) : z.toFixed(1);
}

/** How the neighbours were found, for the header: "exact", "~0.993 recall". */
export function engineName(engine: string, recall: number | null): string {
  if (engine === "") return "";
  return recall === null ? "exact" : `~${score(recall)} recall`;
}
