/** The comparisons that were opened last in this browser; nobody else hears of them. */

import { type Asked, isSame, USUAL } from "./asked.ts";

const KEY = "embwidget recent";
const MOST = 8;

/** One that was opened, and when (milliseconds since 1970). */
export interface Recent {
  asked: Asked;
  at: number;
}

/** Newest first; what another release or a hand left there and makes no sense is passed over. */
export function recents(storage: Storage): Recent[] {
  try {
    const held: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(held) ? held.filter(isRecent).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function remember(storage: Storage, asked: Asked, at: number): void {
  const others = recents(storage).filter((each) => !isSame(each.asked, asked));
  try {
    storage.setItem(KEY, JSON.stringify([{ asked, at }, ...others].slice(0, MOST)));
  } catch {
    // A browser that stores nothing has no recent ones.
  }
}

function isRecent(value: unknown): value is Recent {
  const { asked, at } = (value ?? {}) as Partial<Recent>;
  if (typeof at !== "number" || typeof asked !== "object" || asked === null) return false;
  const names = Object.keys(USUAL) as (keyof Asked)[];
  return names.every((name) => typeof asked[name] === typeof USUAL[name]);
}
