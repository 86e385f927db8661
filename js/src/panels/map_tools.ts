/** What a drag on the maps does and whether both move together, which toolbar and maps know alike. */

import type { Tool } from "../maps/keys.ts";
import type { PairView } from "../maps/pair.ts";
import { ToolbarView } from "../views/toolbar.ts";

export class MapToolsPanel {
  readonly #pair: PairView;
  readonly #view: ToolbarView;
  #tool: Tool = "pan";
  #locked = true;
  #wasDeep = false;

  constructor(pair: PairView) {
    this.#pair = pair;
    this.#view = new ToolbarView({
      onTool: (tool) => this.choose(tool),
      onMode: (mode) => pair.setMode(mode),
      onLock: (locked) => {
        this.#locked = locked;
        this.#tell();
      },
      onReset: () => pair.resetView(),
    });
    pair.toolbarSlot.append(this.#view.node);
    this.#tell();
  }

  choose(tool: Tool): void {
    this.#tool = tool;
    this.#tell();
  }

  /** There are other maps: those in 3-D are to be turned at first. */
  follow(): void {
    const { isDeep } = this.#pair;
    if (isDeep && !this.#wasDeep && this.#tool === "pan") this.#tool = "orbit";
    if (!isDeep && this.#tool === "orbit") this.#tool = "pan";
    this.#wasDeep = isDeep;
    this.#tell();
  }

  destroy(): void {
    this.#view.destroy();
  }

  #tell(): void {
    this.#pair.setTool(this.#tool);
    this.#pair.setLocked(this.#locked);
    this.#view.update({ tool: this.#tool, locked: this.#locked, isDeep: this.#pair.isDeep });
  }
}
