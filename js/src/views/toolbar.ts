/** Tools of the maps: what a drag does, whether both maps move together, and the way to all points. */

import type { Tool } from "../maps/keys.ts";
import { h, setAttributes, setShown } from "../ui/dom.ts";
import { type IconName, icon, setIcon } from "../ui/icons.ts";
import type { SelectMode } from "../wire/selection.ts";

export interface ToolbarProps {
  tool: Tool;
  /** Both maps pan and zoom together. */
  locked: boolean;
  /** The maps are in 3-D, so that they can be turned. */
  isDeep?: boolean;
}

export interface ToolbarOptions {
  onTool(tool: Tool): void;
  /** What lasso and box do from now on, where no key is held. */
  onMode(mode: SelectMode): void;
  onLock(locked: boolean): void;
  onReset(): void;
}

const TOOLS: { tool: Tool; name: string; hint: string }[] = [
  {
    tool: "pan",
    name: "Pan",
    hint: "drag to move, wheel to zoom once the map was clicked, click a point for its neighbours",
  },
  {
    tool: "orbit",
    name: "Orbit",
    hint: "drag to turn, wheel to zoom once the map was clicked, click a point for its neighbours",
  },
  { tool: "lasso", name: "Lasso", hint: "draw round points; Shift adds, Alt removes, Esc clears" },
  { tool: "box", name: "Box", hint: "drag a box over points; Shift adds, Alt removes, Esc clears" },
];

const MODES: { mode: "add" | "subtract"; name: string }[] = [
  { mode: "add", name: "Add to the selection" },
  { mode: "subtract", name: "Remove from the selection" },
];

export class ToolbarView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #tools = new Map<Tool, HTMLButtonElement>();
  readonly #modes = new Map<SelectMode, HTMLButtonElement>();
  #mode: SelectMode = "replace";
  readonly #modeGroup = h("span", { class: "ew-modes" });
  readonly #lock: HTMLButtonElement;
  readonly #lockIcon = icon("locked");
  #locked = true;

  constructor({ onTool, onMode, onLock, onReset }: ToolbarOptions) {
    for (const { tool, name, hint } of TOOLS) {
      this.#tools.set(
        tool,
        this.#button(icon(tool as IconName), name, hint, () => onTool(tool)),
      );
    }
    for (const { mode, name } of MODES) {
      const button = this.#button(icon(mode), name, "as with Shift or Alt held", () => {
        this.#setMode(mode === this.#mode ? "replace" : mode);
        onMode(this.#mode);
      });
      this.#modes.set(mode, button);
      this.#modeGroup.append(button);
    }
    this.#lock = this.#button(this.#lockIcon, "Move both maps together", "", () =>
      onLock(!this.#locked),
    );
    const reset = this.#button(icon("reset"), "Show all points", "", onReset);
    this.node = h(
      "div",
      { class: "ew-toolbar", role: "toolbar", "aria-label": "Map tools" },
      ...this.#tools.values(),
      this.#modeGroup,
      h("span", { class: "ew-toolbar-gap", "aria-hidden": true }),
      this.#lock,
      reset,
    );
    this.#setMode("replace");
  }

  update({ tool, locked, isDeep = false }: ToolbarProps): void {
    for (const [name, button] of this.#tools) {
      setAttributes(button, { "aria-pressed": name === tool });
      setShown(button, name !== "orbit" || isDeep);
    }
    setShown(this.#modeGroup, tool === "lasso" || tool === "box");
    this.#locked = locked;
    setAttributes(this.#lock, { "aria-pressed": locked });
    setIcon(this.#lockIcon, locked ? "locked" : "unlocked");
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #setMode(mode: SelectMode): void {
    this.#mode = mode;
    for (const [name, button] of this.#modes) {
      setAttributes(button, { "aria-pressed": name === mode });
    }
  }

  #button(drawing: SVGElement, name: string, hint: string, onClick: () => void): HTMLButtonElement {
    const title = hint === "" ? name : `${name}: ${hint}`;
    const attributes = { type: "button", class: "ew-tool", "aria-label": name, title };
    const button = h("button", attributes, drawing);
    button.addEventListener("click", onClick, { signal: this.#off.signal });
    return button;
  }
}
