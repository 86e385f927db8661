/** What lies beyond the edge of a map: where an arrow stands for it, and which items it stands for. */

import type { Insets, Point, Size } from "./camera.ts";

/** What an arrow stands for, the most telling first. */
export type EdgeKind = "focus" | "shared" | "own";

export interface EdgeItem {
  readonly item: number;
  readonly kind: EdgeKind;
  /** In CSS pixels of the map. */
  readonly at: Point;
}

export interface EdgeArrow {
  readonly x: number;
  readonly y: number;
  /** Degrees, clockwise from the right. */
  readonly angle: number;
  readonly kind: EdgeKind;
  readonly items: readonly number[];
}

/** Arrows are this far from the edge, and below the title and above the foot. */
export const EDGE_ROOM: Insets = { top: 42, right: 11, bottom: 38, left: 11 };
/** Two arrows that would stand nearer to each other are one. */
const APART = 22;
const ORDER: readonly EdgeKind[] = ["focus", "shared", "own"];

/** Whether a place is on a map of this size. */
export function isOnMap({ x, y }: Point, { width, height }: Size): boolean {
  return x >= 0 && x <= width && y >= 0 && y <= height;
}

/** Where the arrow for a place beyond the map stands, `room` from its edges, and where it points. */
export function arrowTo({ x, y }: Point, { width, height }: Size, room: Insets) {
  const within = (value: number, low: number, high: number) =>
    Math.max(Math.min(low, high), Math.min(high, value));
  const left = within(x, room.left, width - room.right);
  const top = within(y, room.top, height - room.bottom);
  return { x: left, y: top, angle: (Math.atan2(y - top, x - left) * 180) / Math.PI };
}

/** Arrows for the items beyond the edge, those that would lie over one another as one. */
export function edgeArrows(items: readonly EdgeItem[], size: Size): EdgeArrow[] {
  const found: { x: number; y: number; angle: number; kind: EdgeKind; items: number[] }[] = [];
  const sorted = [...items].sort((p, q) => ORDER.indexOf(p.kind) - ORDER.indexOf(q.kind));
  for (const { item, kind, at } of sorted) {
    if (isOnMap(at, size)) continue;
    const arrow = arrowTo(at, size, EDGE_ROOM);
    const near = found.find(({ x, y }) => Math.hypot(x - arrow.x, y - arrow.y) < APART);
    if (near) near.items.push(item);
    else found.push({ ...arrow, kind, items: [item] });
  }
  return found;
}
