/** Tools of the maps: what a drag does, whether both maps move together, and the way back. */

import type { Tool } from "../maps/gestures.ts";
import { h, setAttributes } from "../ui/dom.ts";
import { type IconName, icon, setIcon } from "../ui/icons.ts";

export interface ToolbarProps {
  tool: Tool;
  /** Both maps pan and zoom together. */
  locked: boolean;
}

export interface ToolbarOptions {
  onTool(tool: Tool): void;
  onLock(locked: boolean): void;
  onReset(): void;
}

const TOOLS: { tool: Tool; name: string; hint: string }[] = [
  {
    tool: "pan",
    name: "Pan",
    hint: "drag to move, wheel to zoom, click a point for its neighbours",
  },
  { tool: "lasso", name: "Lasso", hint: "draw round points; Shift adds, Alt removes, Esc clears" },
  { tool: "box", name: "Box", hint: "drag a box over points; Shift adds, Alt removes, Esc clears" },
];

export class ToolbarView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #tools = new Map<Tool, HTMLButtonElement>();
  readonly #lock: HTMLButtonElement;
  readonly #lockIcon = icon("locked");
  #locked = true;

  constructor({ onTool, onLock, onReset }: ToolbarOptions) {
    for (const { tool, name, hint } of TOOLS) {
      this.#tools.set(
        tool,
        this.#button(icon(tool as IconName), name, hint, () => onTool(tool)),
      );
    }
    this.#lock = this.#button(this.#lockIcon, "Move both maps together", "", () =>
      onLock(!this.#locked),
    );
    const reset = this.#button(icon("reset"), "Show all points", "", onReset);
    this.node = h(
      "div",
      { class: "ew-toolbar", role: "toolbar", "aria-label": "Map tools" },
      ...this.#tools.values(),
      h("span", { class: "ew-toolbar-gap", "aria-hidden": true }),
      this.#lock,
      reset,
    );
  }

  update({ tool, locked }: ToolbarProps): void {
    for (const [name, button] of this.#tools)
      setAttributes(button, { "aria-pressed": name === tool });
    this.#locked = locked;
    setAttributes(this.#lock, { "aria-pressed": locked });
    setIcon(this.#lockIcon, locked ? "locked" : "unlocked");
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }

  #button(drawing: SVGElement, name: string, hint: string, onClick: () => void): HTMLButtonElement {
    const title = hint === "" ? name : `${name}: ${hint}`;
    const attributes = { type: "button", class: "ew-tool", "aria-label": name, title };
    const button = h("button", attributes, drawing);
    button.addEventListener("click", onClick, { signal: this.#off.signal });
    return button;
  }
}
