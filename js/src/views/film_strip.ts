/** Pictures of the neighbours in one space, nearest first; whoever reads has the table. */

import { h, resizeChildren, setAttributes, setText } from "../ui/dom.ts";
import type { Row } from "../wire/model.ts";
import type { Tiles } from "./neighbor_columns.ts";
import { thumbnail } from "./thumbnail.ts";

export interface FilmStripProps {
  /** Row positions; null while they are asked for. */
  items: ArrayLike<number> | null;
  k: number;
  rows: Map<number, Row>;
  /** Rank of each item in the other space's whole list, from 1. */
  otherRanks: Map<number, number>;
  tiles: Tiles;
}

export class FilmStrip {
  readonly node = h("div", { class: "ew-strip" });

  update({ items, k, rows, otherRanks, tiles }: FilmStripProps): void {
    this.node.style.setProperty("--ew-tile", `${tiles.size}px`);
    this.node.style.height = `${tiles.height}px`;
    const length = items === null ? k : Math.min(k, items.length);
    resizeChildren(this.node, length, (i) =>
      h(
        "div",
        { class: "ew-tile" },
        thumbnail("ew-tile-image"),
        h("span", { class: "ew-tile-rank" }, String(i + 1)),
      ),
    );
    for (const [i, tile] of Array.from(this.node.children).entries()) {
      const item = items?.[i];
      const known = item === undefined ? undefined : rows.get(item);
      const shared = item !== undefined && (otherRanks.get(item) ?? k + 1) <= k;
      tile.classList.toggle("ew-shared", shared);
      setAttributes(tile, {
        "data-item": item,
        title: known && (known.text || known.id),
      });
      setAttributes(tile.children[0], { src: known?.image });
      setText(tile.children[1], String(i + 1));
    }
  }

  /** Tile of the item of a rank, from 1. */
  tileAt(rank: number): Element | null {
    return this.node.children[rank - 1] ?? null;
  }
}
