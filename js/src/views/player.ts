/** Play, pause and step through a series; how fast, and which of the two spaces moves. */

import { h, setAttributes } from "../ui/dom.ts";
import { type IconName, icon, setIcon } from "../ui/icons.ts";
import type { Side } from "../wire/model.ts";

export const SPEEDS = [0.5, 1, 2, 4] as const;

export interface PlayerProps {
  isPlaying: boolean;
  side: Side;
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
  onSide(side: Side): void;
  onMatrix(): void;
}

export class PlayerView {
  readonly node: HTMLElement;
  readonly #off = new AbortController();
  readonly #playIcon = icon("play");
  readonly #play: HTMLButtonElement;
  readonly #before: HTMLButtonElement;
  readonly #after: HTMLButtonElement;
  readonly #matrix: HTMLButtonElement;
  readonly #speed: HTMLSelectElement;
  readonly #side: HTMLSelectElement;

  constructor({ onPlay, onStep, onSpeed, onSide, onMatrix }: PlayerOptions) {
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
    const step = (label: string, name: IconName, by: 1 | -1) =>
      button(label, icon(name), () => onStep(by));
    this.#before = step("One step back", "previous", -1);
    this.#play = button("Play", this.#playIcon, onPlay);
    this.#after = step("One step forward", "next", 1);
    this.#matrix = button("Agreement of all steps", icon("matrix"), onMatrix);
    const select = (label: string, entries: [value: string, text: string][]) => {
      const options = entries.map(([value, text]) => h("option", { value }, text));
      return h("select", { class: "ew-select", "aria-label": label }, options);
    };
    this.#speed = select(
      "Speed",
      SPEEDS.map((speed) => [String(speed), `${speed}×`]),
    );
    this.#side = select("Which space moves", [
      ["a", "A moves"],
      ["b", "B moves"],
    ]);
    this.#speed.addEventListener("change", () => onSpeed(Number(this.#speed.value)), { signal });
    this.#side.addEventListener("change", () => onSide(this.#side.value as Side), { signal });
    this.node = h(
      "div",
      { class: "ew-player", role: "group", "aria-label": "Player" },
      h("div", { class: "ew-player-keys" }, this.#before, this.#play, this.#after),
      this.#side,
      this.#speed,
      this.#matrix,
    );
  }

  update({ isPlaying, side, speed, isOpen, hasBefore, hasAfter }: PlayerProps): void {
    setIcon(this.#playIcon, isPlaying ? "pause" : "play");
    const label = isPlaying ? "Pause" : "Play";
    setAttributes(this.#play, { "aria-label": label, title: label });
    setAttributes(this.#before, { "aria-disabled": !hasBefore });
    setAttributes(this.#after, { "aria-disabled": !hasAfter });
    setAttributes(this.#matrix, { "aria-pressed": isOpen });
    this.#speed.value = String(speed);
    this.#side.value = side;
  }

  destroy(): void {
    this.#off.abort();
    this.node.remove();
  }
}
