/** Which columns of the neighbours' tables there is room for: the item has the most of it. */

/** CSS pixels. */
export const RANK_WIDTH = 28;
/** What the words of an item have at least: a text, and an id alone. */
export const LEAST_TEXT = 165;
export const LEAST_ID = 116;
/** And of the table. */
export const LEAST_SHARE = 0.4;
/** A column gets no more than this, and drops out rather than have less than that. */
const MOST_WIDTH = 160;
const LEAST_WIDTH = 80;
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

/** What a column asks for, in CSS pixels. */
export interface Need {
  kind: TableColumn["kind"];
  wanted: number;
  /** With less it would rather drop out. */
  least: number;
}

/** What a column needs whose head and whose widest cell are so wide; a cut number would be another. */
export function needOf(
  { kind, isNumeric }: Pick<TableColumn, "kind" | "isNumeric">,
  head: number,
  cell: number,
): Need {
  const wanted = Math.min(MOST_WIDTH, Math.max(head, cell) + PADDING);
  return { kind, wanted, least: Math.min(wanted, isNumeric ? cell + PADDING : LEAST_WIDTH) };
}

/**
 * Width of each column, 0 = there is no room. They drop out one by one, the least important first,
 * and none is as wide as the words of the item.
 *
 * @param room of these words and the columns
 * @param least what the words have
 */
export function fitColumns(needs: readonly Need[], room: number, least: number): number[] {
  const widths = needs.map(() => 0);
  const order = [...needs.keys()].sort(
    (i, j) => PRIORITY.indexOf(needs[i].kind) - PRIORITY.indexOf(needs[j].kind),
  );
  let [words, widest] = [room, 0];
  for (const i of order) {
    const most = Math.min(words - Math.max(least, widest), words / 2 - 1);
    const width = Math.floor(Math.min(needs[i].wanted, most));
    // What is worth less does not stay where this could not.
    if (width < needs[i].least) break;
    widths[i] = width;
    words -= width;
    widest = Math.max(widest, width + 1);
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
