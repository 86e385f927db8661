/** Which columns of the neighbours' tables there is room for: the item has the most of it. */

/** CSS pixels. */
export const RANK_WIDTH = 28;
/** What the item's column has at least, with a text and with its id alone. */
const LEAST_TEXT = 180;
const LEAST_ID = 130;
/** A column gets no more than this, and drops out rather than have less than that. */
const MOST_WIDTH = 160;
const LEAST_WIDTH = 56;
const PADDING = 16;

/** A column beside the rank and the item. */
export interface TableColumn {
  kind: "label" | "shown" | "color" | "distance" | "other";
  /** Of `Row.shown`; 0 for the other kinds. */
  index: number;
  /** At the head in each space. */
  head: { a: string; b: string };
  help: { a: string; b: string };
  /** Texts of the rows of each space. */
  cells: { a: string[]; b: string[] };
  isNumeric: boolean;
}

/** The first to stay where there is little room. */
const PRIORITY: TableColumn["kind"][] = ["label", "shown", "other", "color", "distance"];

/** What a column would like to have, padding included. @param widest its widest text */
export function wantedWidth(widest: number): number {
  return Math.min(MOST_WIDTH, widest + PADDING);
}

/**
 * Width of each column, 0 = there is no room. They drop out one by one, the least important first,
 * and none is as wide as the item.
 *
 * @param room of the table without its column of ranks
 * @param wanted width of each column
 */
export function fitColumns(
  columns: readonly Pick<TableColumn, "kind">[],
  wanted: readonly number[],
  room: number,
  hasTexts: boolean,
): number[] {
  const widths = columns.map(() => 0);
  const order = [...columns.keys()].sort(
    (i, j) => PRIORITY.indexOf(columns[i].kind) - PRIORITY.indexOf(columns[j].kind),
  );
  let item = room;
  let least = hasTexts ? LEAST_TEXT : LEAST_ID;
  for (const i of order) {
    const width = Math.floor(Math.min(wanted[i], item - least, item / 2 - 1));
    if (width < Math.min(wanted[i], LEAST_WIDTH)) continue;
    widths[i] = width;
    item -= width;
    least = Math.max(least, width + 1);
  }
  return widths;
}

/** Tiles of a film strip. */
export interface Tiles {
  /** CSS pixels of a side. */
  size: number;
  /** Height of all lines of tiles. */
  height: number;
}

export const TILE_GAP = 4;
const [LEAST_TILE, MOST_TILE] = [64, 96];
const STRIP_PADDING = 6;

/** Tiles of 64 to 96 px for k pictures, in lines of equal length. */
export function fitTiles(room: number, k: number): Tiles {
  const most = Math.max(1, Math.floor((room + TILE_GAP) / (LEAST_TILE + TILE_GAP)));
  const lines = Math.ceil(k / most);
  const perLine = Math.ceil(k / lines);
  const fitting = Math.floor((room - TILE_GAP * (perLine - 1)) / perLine);
  const size = Math.min(MOST_TILE, Math.max(LEAST_TILE, fitting));
  return { size, height: lines * (size + TILE_GAP) - TILE_GAP + 2 * STRIP_PADDING };
}
