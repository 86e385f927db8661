/** Pointer, wheel and keyboard on one map, turned into what the person means by them. */

import { modeOf, type SelectMode } from "../wire/selection.ts";
import type { Point } from "./camera.ts";

export type Tool = "pan" | "lasso" | "box";

const CLICK_PX = 4;
const DOUBLE_CLICK_MS = 400;
const STEP_PX = 48;
const ZOOM_STEP = 1.3;
/** A lasso corner for every 2 px drawn: finer than a hand, and cheap to test. */
const CORNER_PX = 2;
const LINE_PX = 16;

/** All points are in CSS pixels from the upper left corner of the map. */
export interface GestureHandlers {
  onPan(dx: number, dy: number): void;
  /** `at` is the place that stays where it is; null = the middle. */
  onZoom(factor: number, at: Point | null): void;
  onReset(): void;
  onHover(at: Point | null): void;
  /** `radius` is how far from a point a click still means it. */
  onClick(at: Point, mode: SelectMode, radius: number): void;
  onDoubleClick(at: Point, radius: number): void;
  /** A lasso or box under way; x, y of each corner; null = it ended. */
  onShape(corners: readonly number[] | null, mode: SelectMode): void;
  onSelect(corners: readonly number[], mode: SelectMode): void;
  onClear(): void;
  onTool(tool: Tool): void;
}

type Drag =
  | { kind: "pan"; start: Point; last: Point; moved: boolean; mode: SelectMode }
  | {
      kind: "lasso" | "box";
      start: Point;
      last: Point;
      moved: boolean;
      mode: SelectMode;
      corners: number[];
    };

export class Gestures {
  tool: Tool = "pan";
  readonly #node: HTMLElement;
  readonly #on: GestureHandlers;
  readonly #off = new AbortController();
  readonly #pointers = new Map<number, Point>();
  #drag: Drag | null = null;
  #lastClick: { at: Point; time: number } | null = null;

  constructor(node: HTMLElement, handlers: GestureHandlers) {
    this.#node = node;
    this.#on = handlers;
    const { signal } = this.#off;
    node.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    node.addEventListener("pointermove", (event) => this.#move(event), { signal });
    node.addEventListener("pointerup", (event) => this.#up(event), { signal });
    node.addEventListener("pointercancel", (event) => this.#cancel(event), { signal });
    node.addEventListener("pointerleave", () => this.#on.onHover(null), { signal });
    node.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    node.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  destroy(): void {
    this.#off.abort();
  }

  #at(event: MouseEvent): Point {
    const box = this.#node.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event: PointerEvent): void {
    const at = this.#at(event);
    if (event.button !== 0 && event.button !== 1) return;
    this.#node.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, at);
    this.#on.onHover(null);
    if (this.#pointers.size > 1) {
      this.#abandon();
      return;
    }
    const mode = modeOf(event);
    const kind =
      event.button === 1 ? "pan" : this.tool === "pan" && mode !== "replace" ? "lasso" : this.tool;
    const drag = { start: at, last: at, moved: false, mode };
    this.#drag = kind === "pan" ? { ...drag, kind } : { ...drag, kind, corners: [at.x, at.y] };
    // The middle button would start the browser's own scrolling.
    if (event.button === 1) event.preventDefault();
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      this.#on.onHover(at);
      return;
    }
    if (this.#pointers.size > 1) this.#pinch(event.pointerId, before, at);
    this.#pointers.set(event.pointerId, at);
    const drag = this.#drag;
    if (!drag) return;
    drag.moved ||= distance(drag.start, at) >= CLICK_PX;
    if (!drag.moved) return;
    if (drag.kind === "pan") {
      this.#on.onPan(at.x - drag.last.x, at.y - drag.last.y);
      drag.last = at;
      return;
    }
    if (drag.kind === "box") {
      const { start } = drag;
      drag.corners = [start.x, start.y, at.x, start.y, at.x, at.y, start.x, at.y];
    } else if (distance(drag.last, at) >= CORNER_PX) {
      drag.corners.push(at.x, at.y);
      drag.last = at;
    }
    this.#on.onShape(drag.corners, drag.mode);
  }

  #up(event: PointerEvent): void {
    if (!this.#pointers.delete(event.pointerId)) return;
    const drag = this.#drag;
    this.#drag = null;
    if (!drag) return;
    if (!drag.moved) {
      if (event.button === 0) this.#click(event);
    } else if (drag.kind !== "pan") {
      this.#on.onShape(null, drag.mode);
      this.#on.onSelect(drag.corners, drag.mode);
    }
  }

  #cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    this.#abandon();
  }

  #abandon(): void {
    if (this.#drag && this.#drag.kind !== "pan") this.#on.onShape(null, this.#drag.mode);
    this.#drag = null;
  }

  /** Two clicks are told apart here: the browser's own dblclick forgets which of them moved. */
  #click(event: PointerEvent): void {
    const at = this.#at(event);
    const radius = event.pointerType === "touch" ? 16 : 8;
    const previous = this.#lastClick;
    const twice =
      previous !== null &&
      event.timeStamp - previous.time < DOUBLE_CLICK_MS &&
      distance(previous.at, at) < radius;
    this.#lastClick = twice ? null : { at, time: event.timeStamp };
    if (twice) this.#on.onDoubleClick(at, radius);
    else this.#on.onClick(at, modeOf(event), radius);
  }

  #pinch(moving: number, before: Point, after: Point): void {
    for (const [id, other] of this.#pointers) {
      if (id === moving) continue;
      const factor = distance(other, after) / Math.max(1, distance(other, before));
      this.#on.onPan((after.x - before.x) / 2, (after.y - before.y) / 2);
      this.#on.onZoom(factor, { x: (other.x + after.x) / 2, y: (other.y + after.y) / 2 });
      return;
    }
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    if (this.#drag) return;
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1);
    // Browsers report a pinch on a touchpad as a wheel with ctrl, in much smaller steps.
    const factor = Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002));
    this.#on.onZoom(Math.min(4, Math.max(0.25, factor)), this.#at(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#action(event.key);
    if (!act) return;
    // The notebook has meanings of its own for most of these keys.
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #action(key: string): (() => void) | null {
    const on = this.#on;
    switch (key) {
      case "ArrowLeft":
        return () => on.onPan(STEP_PX, 0);
      case "ArrowRight":
        return () => on.onPan(-STEP_PX, 0);
      case "ArrowUp":
        return () => on.onPan(0, STEP_PX);
      case "ArrowDown":
        return () => on.onPan(0, -STEP_PX);
      case "+":
      case "=":
        return () => on.onZoom(ZOOM_STEP, null);
      case "-":
        return () => on.onZoom(1 / ZOOM_STEP, null);
      case "0":
        return () => on.onReset();
      case "p":
        return () => on.onTool("pan");
      case "l":
        return () => on.onTool("lasso");
      case "b":
        return () => on.onTool("box");
      case "Escape":
        return () => {
          if (this.#drag) this.#abandon();
          else on.onClear();
        };
      default:
        return null;
    }
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
