/** Play, pause and step through a series; how fast, and which of the two spaces moves. */

import { h, setAttributes } from "../ui/dom.ts";
import { drawn, setDrawn } from "../ui/icons.ts";
import type { Side } from "../wire/model.ts";

export const SPEEDS = [0.5, 1, 2, 4] as const;

/** Of the family of `ui/icons.ts`. */
const PATHS = {
  play: "M5 2.75v10.5L13 8Z",
  pause: "M5.25 3v10M10.75 3v10",
  previous: "M12 3.25v9.5L5.5 8ZM3.75 3.25v9.5",
  next: "M4 3.25v9.5L10.5 8ZM12.25 3.25v9.5",
  matrix: "M2.25 2.25h11.5v11.5H2.25ZM2.25 6.1h11.5M2.25 9.9h11.5M6.1 2.25v11.5M9.9 2.25v11.5",
} as const;

/** Which of the two spaces a player moves. */
export type Leading = Side | "both";

export interface PlayerProps {
  isPlaying: boolean;
  led: Leading;
  speed: number;
  /** Whether the matrix of all steps is open. */
  isOpen: boolean;
  /** Whether there is a step before and after. */
  hasBefore: boolean;
  hasAfter: boolean;
}

export interface PlayerOptions {
  onPlay(): void;
  onStep(by: 1 | -1): void;
  onSpeed(speed: number): void;
  onLead(led: Leading): void;
  onMatrix(): void;
}

export class PlayerView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #playIcon = drawn(PATHS.play);
  readonly #play: HTMLButtonElement;
  readonly #before: HTMLButtonElement;
  readonly #after: HTMLButtonElement;
  readonly #matrix: HTMLButtonElement;
  readonly #speed: HTMLSelectElement;
  readonly #led: HTMLSelectElement;

  constructor({ onPlay, onStep, onSpeed, onLead, onMatrix }: PlayerOptions) {
    const { signal } = this.#off;
    const button = (label: string, drawn: SVGElement, act: () => void) => {
      const attributes = { type: "button", class: "ew-tool", "aria-label": label, title: label };
      const made = h("button", attributes, drawn);
      const press = () => {
        if (made.getAttribute("aria-disabled") !== "true") act();
      };
      made.addEventListener("click", press, { signal });
      return made;
    };
    const step = (label: string, path: string, by: 1 | -1) =>
      button(label, drawn(path), () => onStep(by));
    this.#before = step("One step back", PATHS.previous, -1);
    this.#play = button("Play", this.#playIcon, onPlay);
    this.#after = step("One step forward", PATHS.next, 1);
    this.#matrix = button("Agreement of all steps", drawn(PATHS.matrix), onMatrix);
    const select = (label: string, entries: [value: string, text: string][]) => {
      const options = entries.map(([value, text]) => h("option", { value }, text));
      return h("select", { class: "ew-select", "aria-label": label }, options);
    };
    this.#speed = select(
      "Speed",
      SPEEDS.map((speed) => [String(speed), `${speed}×`]),
    );
    this.#led = select("Which space moves", [
      ["a", "A moves"],
      ["b", "B moves"],
      ["both", "B moves, A one behind"],
    ]);
    this.#speed.addEventListener("change", () => onSpeed(Number(this.#speed.value)), { signal });
    this.#led.addEventListener("change", () => onLead(this.#led.value as Leading), { signal });
    this.node = h(
      "div",
      { class: "ew-player", role: "group", "aria-label": "Player" },
      h("div", { class: "ew-player-keys" }, this.#before, this.#play, this.#after),
      this.#led,
      this.#speed,
      this.#matrix,
    );
  }

  update({ isPlaying, led, speed, isOpen, hasBefore, hasAfter }: PlayerProps): void {
    setDrawn(this.#playIcon, isPlaying ? PATHS.pause : PATHS.play);
    const label = isPlaying ? "Pause" : "Play";
    setAttributes(this.#play, { "aria-label": label, title: label });
    setAttributes(this.#before, { "aria-disabled": !hasBefore });
    setAttributes(this.#after, { "aria-disabled": !hasAfter });
    setAttributes(this.#matrix, { "aria-pressed": isOpen });
    this.#speed.value = String(speed);
    this.#led.value = led;
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}
