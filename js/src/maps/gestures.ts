/** Pointer, wheel and keyboard on one map, turned into what the person means by them. */

import { modeOf, type SelectMode } from "../wire/selection.ts";
import type { Point } from "./camera.ts";
import { actionOf, type KeyHandlers, type Tool } from "./keys.ts";
import { isFull, type Wheel } from "./wheel.ts";

const CLICK_PX = 4;
const DOUBLE_CLICK_MS = 400;
/** A lasso corner for every 2 px drawn: finer than a hand, and cheap to test. */
const CORNER_PX = 2;

/** All points are in CSS pixels from the upper left corner of the map. */
export interface GestureHandlers extends KeyHandlers {
  onHover(at: Point | null): void;
  /** `radius` is how far from a point a click still means it. */
  onClick(at: Point, mode: SelectMode, radius: number): void;
  onDoubleClick(at: Point, radius: number): void;
  /** A lasso or box under way; x, y of each corner; null = it ended. */
  onShape(corners: readonly number[] | null, mode: SelectMode): void;
  onSelect(corners: readonly number[], mode: SelectMode): void;
  onClear(): void;
}

type Drag =
  | { kind: "pan"; start: Point; last: Point; moved: boolean; mode: SelectMode }
  | { kind: "orbit"; start: Point; last: Point; moved: boolean; mode: SelectMode }
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
  /** What a shape or a click does where no key is held that says otherwise. */
  mode: SelectMode = "replace";
  readonly #wheel: Wheel;
  readonly #node: HTMLElement;
  readonly #on: GestureHandlers;
  readonly #off = new AbortController();
  readonly #pointers = new Map<number, Point>();
  #drag: Drag | null = null;
  #lastClick: { at: Point; time: number } | null = null;

  constructor(node: HTMLElement, wheel: Wheel, handlers: GestureHandlers) {
    this.#node = node;
    this.#wheel = wheel;
    this.#on = handlers;
    const { signal } = this.#off;
    node.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    node.addEventListener("pointermove", (event) => this.#move(event), { signal });
    node.addEventListener("pointerup", (event) => this.#up(event), { signal });
    node.addEventListener("pointercancel", (event) => this.#cancel(event), { signal });
    node.addEventListener("pointerleave", () => this.#on.onHover(null), { signal });
    node.addEventListener("wheel", (event) => this.#turn(event), { signal, passive: false });
    // One finger scrolls the page, where the tool lets it; two are the map's, and nobody else's.
    const two = (event: TouchEvent) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    };
    node.addEventListener("touchstart", two, { signal, passive: false });
    node.addEventListener("touchmove", two, { signal, passive: false });
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
    const asked = modeOf(event);
    const mode = this.#modeOf(event);
    const own = isMove(this.tool) && asked !== "replace" ? "lasso" : this.tool;
    const kind = event.button === 1 ? "pan" : own;
    const drag = { start: at, last: at, moved: false, mode };
    this.#drag = isMove(kind) ? { ...drag, kind } : { ...drag, kind, corners: [at.x, at.y] };
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
    if (drag.kind === "pan" || drag.kind === "orbit") {
      // The page's, which takes the finger over when it is sure what it wants.
      if (drag.kind === "pan" && event.pointerType === "touch" && !isFull(this.#node)) return;
      const move = drag.kind === "pan" ? this.#on.onPan : this.#on.onOrbit;
      move(at.x - drag.last.x, at.y - drag.last.y);
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
    } else if (drag.kind === "lasso" || drag.kind === "box") {
      this.#on.onShape(null, drag.mode);
      this.#on.onSelect(drag.corners, drag.mode);
    }
  }

  #cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (event.pointerType === "touch" && this.#drag?.kind === "pan") this.#wheel.hint("touch");
    this.#abandon();
  }

  #abandon(): void {
    if (this.#drag && !isMove(this.#drag.kind)) this.#on.onShape(null, this.#drag.mode);
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
    else this.#on.onClick(at, this.#modeOf(event), radius);
  }

  #modeOf(event: PointerEvent): SelectMode {
    const asked = modeOf(event);
    return asked === "replace" && !isMove(this.tool) ? this.mode : asked;
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

  #turn(event: WheelEvent): void {
    const factor = this.#wheel.zoomOf(event);
    if (factor === null) return;
    event.preventDefault();
    if (!this.#drag) this.#on.onZoom(factor, this.#at(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act =
      event.key === "Escape" ? () => this.#escape() : actionOf(event.key, this.tool, this.#on);
    if (!act) return;
    // The notebook has meanings of its own for most of these keys.
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #escape(): void {
    if (this.#drag) {
      this.#abandon();
      return;
    }
    this.#wheel.release();
    this.#on.onClear();
  }
}

/** Whether a drag moves the map, and draws nothing on it. */
function isMove(tool: Tool): tool is "pan" | "orbit" {
  return tool === "pan" || tool === "orbit";
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
