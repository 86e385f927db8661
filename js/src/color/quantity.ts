/** Values of a numeric column as texts: numbers, dates, durations, as fine as what lies beside them. */

import { grouped, number, numberNear } from "../ui/format.ts";

/** How the values of a column are to be read; `Column` in `wire/model.ts` says more. */
export interface Quantity {
  base?: number | string;
  unit?: "date" | "utc" | "duration" | "time";
}

const [MINUTE, HOUR, DAY, MONTH, YEAR] = [60, 3600, 86_400, 28 * 86_400, 365 * 86_400];
const DURATIONS: [size: number, name: string][] = [
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "min"],
  [1, "s"],
];

/**
 * @param value above the base
 * @param step the distance to values that are to read otherwise; 0 = there are none
 */
export function quantityText(value: number, step: number, { base = 0, unit }: Quantity): string {
  switch (unit) {
    case undefined:
      // A sum of both would be rounded to some hundreds.
      return typeof base === "string"
        ? grouped(String(BigInt(base) + BigInt(Math.round(value))))
        : numberNear(base + value, step);
    case "duration":
      return durationText(Number(base) + value, step);
    case "time":
      return dateText(Number(base), value, step).slice(-timeLength(step));
    default:
      return dateText(Number(base), value, step);
  }
}

/** By how much one side is better: "B +0.2", "equal". */
export function differenceText(value: number): string {
  // What 2 k steps give is not exactly 0 in the middle.
  const size = number(Math.abs(Number(value.toFixed(9))));
  return size === "0" ? "equal" : `${value < 0 ? "A" : "B"} +${size}`;
}

/** Characters that stand side by side below the bars. */
const MOST_CHARS = 34;

/**
 * Two values, the second one as what is above the first where both are too long to stand side by
 * side.
 */
export function endsText(min: number, max: number, quantity: Quantity): [string, string] {
  const step = (max - min) / 4;
  const [low, high] = [min, max].map((value) => quantityText(value, step, quantity));
  return isLong(low, high) ? [low, aboveText(max - min, step, quantity)] : [low, high];
}

/** "2 to 3", or "+ 1 to + 2" above `min` where that would be too long to read. */
export function rangeText(
  [low, high]: [number, number],
  step: number,
  min: number,
  quantity: Quantity,
): string {
  const texts = [low, high].map((value) => quantityText(value, step, quantity));
  const shown = isLong(...texts)
    ? [low, high].map((value) => aboveText(value - min, step, quantity))
    : texts;
  return shown[0] === shown[1] ? shown[0] : shown.join(" to ");
}

function isLong(...texts: string[]): boolean {
  return texts.join("").length > MOST_CHARS;
}

function aboveText(value: number, step: number, { unit }: Quantity): string {
  return `+ ${unit === undefined ? numberNear(value, step) : durationText(value, step)}`;
}

/** As ISO 8601 has it, cut where the step allows it: 2024, 2024-07, 2024-07-02 14:05. */
function dateText(base: number, value: number, step: number): string {
  const seconds = base + Math.floor(value);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return number(base + value);
  const [day, time] = date.toISOString().split("T");
  if (step >= YEAR) return day.slice(0, -6);
  if (step >= MONTH) return day.slice(0, -3);
  const isMidnight = time.startsWith("00:00:00") && value === Math.floor(value);
  if (step >= DAY || (step === 0 && isMidnight)) return day;
  const fraction = (value - Math.floor(value)).toFixed(decimalsOf(step)).slice(1);
  return `${day} ${step >= MINUTE ? time.slice(0, 5) : time.slice(0, 8) + fraction}`;
}

/** Characters of the time of a day. */
function timeLength(step: number): number {
  if (step >= MINUTE) return 5;
  const decimals = decimalsOf(step);
  return decimals > 0 ? 9 + decimals : 8;
}

function decimalsOf(step: number): number {
  return step > 0 && step < 1 ? Math.min(9, Math.ceil(-Math.log10(step))) : 0;
}

function durationText(seconds: number, step: number): string {
  if (Math.abs(seconds) < MINUTE || step < 1) return `${numberNear(seconds, step)} s`;
  const [finest] = DURATIONS.find(([size]) => size <= step) ?? [1];
  let rest = Math.round(Math.abs(seconds) / finest) * finest;
  const parts: string[] = [];
  for (const [size, name] of DURATIONS) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(`${grouped(String(n))} ${name}`);
  }
  return (seconds < 0 ? "-" : "") + (parts.join(" ") || "0 s");
}
