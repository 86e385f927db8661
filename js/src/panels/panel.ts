/** What every panel beside the maps is: a tab, brought up to date by what it watches. */

import type { Coloring } from "../color/color.ts";
import type { Theme } from "../ui/theme.ts";
import type { Traits } from "../wire/model.ts";
import type { SelectMode } from "../wire/selection.ts";
import type { Store } from "../wire/store.ts";
import type { ChosenGroup } from "./chosen_group.ts";

/** A trait, or what changes beside the traits. */
export type Watched = keyof Traits | "shared" | "selection" | "theme";

/** What a panel is given, and where it hands out what others show. */
export interface PanelContext {
  readonly store: Store;
  /** The group that colours the maps by its parts. */
  readonly chosen: ChosenGroup;
  /** The host's theme as it is now. */
  theme(): Theme;
  /** The points are to have these colours; null = none are known for the two that are compared. */
  onColors(coloring: Coloring | null): void;
  /** Items were chosen; of items that are still asked for, only the last choice counts. */
  onSelect(items: Uint32Array | Promise<Uint32Array>, mode: SelectMode): void;
  onClear(): void;
  onError(message: string): void;
}

export interface Panel {
  /** On its tab. */
  readonly title: string;
  readonly node: HTMLElement;
  readonly watches: readonly Watched[];
  /** Whether it follows under another tab too: what it hands out is seen elsewhere. */
  readonly isAlwaysOn: boolean;
  /** Something that it watches changed; null = its tab was opened. */
  update(changed: Watched | null): void;
  destroy(): void;
}

export type PanelClass = new (context: PanelContext) => Panel;
