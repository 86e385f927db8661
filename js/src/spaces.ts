/** The second part of the screen, which travels only where there are more than two spaces. */

import type { PairView } from "./maps/pair.ts";
import { SpacesPanel } from "./panels/spaces.ts";
import styles from "./styles/spaces.css";
import { adopt } from "./ui/styles.ts";
import type { Store } from "./wire/store.ts";

/** @param el in the tree that the panel comes to stand in */
export function open(el: Element, store: Store, pair: PairView): SpacesPanel {
  adopt(el, styles);
  return new SpacesPanel(store, pair);
}
