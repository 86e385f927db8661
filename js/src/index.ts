/** The entry that anywidget loads: one store a widget, one app a view. */

import { App } from "./app.ts";
import type { LoadSpaces } from "./panels/spaces_place.ts";
import styles from "./styles/index.css";
import { guarded } from "./ui/errors.ts";
import { adopt } from "./ui/styles.ts";
import type { Model } from "./wire/model.ts";
import { Store } from "./wire/store.ts";

/** A function, so that each widget gets a store of its own, shared by all its views. */
export default function widget(loadSpaces: LoadSpaces) {
  let store: Store | null = null;
  return {
    // Synchronous: a widget whose initialisation is slow never hears from the kernel again.
    initialize({ model }: { model: Model }): () => void {
      store = new Store(model);
      return () => store?.destroy();
    },
    render({ model, el }: { model: Model; el: HTMLElement }): () => void {
      return guarded(el, () => {
        store ??= new Store(model);
        const stop = adopt(el, styles);
        const app = new App(el, store, loadSpaces);
        return () => {
          app.destroy();
          stop();
        };
      });
    },
  };
}
