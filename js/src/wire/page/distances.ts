/** Distances out of two bytes each, as `embwidget/export/distances.py` writes them. */

export type DistanceScale =
  | { kind: "steps"; low: number }
  | { kind: "log"; zero: number; least: number; step: number };

const INFINITE = 65535;

/** The distance of each code, (65536,). */
export function distancesOf(scale: DistanceScale): Float32Array {
  const table = new Float32Array(INFINITE + 1);
  for (let code = 0; code < INFINITE; code++) {
    if (scale.kind === "steps") {
      table[code] = scale.low + code;
      continue;
    }
    const far = code - scale.zero;
    const size = scale.least * Math.exp((Math.abs(far) - 1) * scale.step);
    table[code] = far === 0 ? 0 : Math.sign(far) * size;
  }
  table[INFINITE] = Number.POSITIVE_INFINITY;
  return table;
}
