/** The coincidence at every k, and whether it is more than chance. */

import { h, setAttributes, setText } from "../ui/dom.ts";
import { CurveView } from "../views/curve.ts";
import { missingWords, verdictWords } from "./figures.ts";
import type { Panel, PanelContext, Watched } from "./panel.ts";

export class CurvePanel implements Panel {
  readonly title = "Curve";
  readonly watches: readonly Watched[] = ["k", "curve", "chance", "numbers"];
  readonly isAlwaysOn = false;
  readonly node: HTMLElement;
  readonly #store: PanelContext["store"];
  readonly #curve: CurveView;
  readonly #verdict = h("p");
  readonly #note = h("p", { class: "ew-note" });

  constructor({ store }: PanelContext) {
    this.#store = store;
    this.#curve = new CurveView({ onK: (k) => store.set("k", k) });
    this.node = h("div", { class: "ew-panel" }, this.#curve.node, this.#verdict, this.#note);
  }

  update(): void {
    const [k, curve] = [this.#store.get("k"), this.#store.get("curve")];
    const [chance, numbers] = [this.#store.get("chance"), this.#store.get("numbers")];
    this.#curve.update({ k, curve, within: chance?.within ?? null });
    const verdict = verdictWords(chance, k).join(". The classes alone would give ");
    setText(this.#verdict, verdict && `${verdict}.`);
    setText(this.#note, missingWords(numbers.chance)?.text ?? numbers.chance.note);
    setAttributes(this.#note, { "data-state": numbers.chance.state });
  }

  destroy(): void {
    this.#curve.destroy();
    this.node.remove();
  }
}
