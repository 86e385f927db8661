/** Whether anybody is at the other end of the model: a kernel that ended or was restarted never answers. */

import type { FromScreen, Model } from "./model.ts";

/** "silent" owes an answer for seconds and may be busy; "cut" has nobody behind it any more. */
export type LineState = "open" | "silent" | "cut";

/** Statuses of a notebook's kernel after which its widgets are nobody's. */
const ENDED = new Set(["restarting", "autorestarting", "terminating", "dead"]);

type Slot = (sender: unknown, status: unknown) => void;

interface Signal {
  connect(slot: Slot): void;
  disconnect(slot: Slot): void;
}

/** JupyterLab's kernel, as far as it is looked at. */
interface HostKernel {
  readonly statusChanged?: Signal;
  readonly disposed?: Signal;
}

export class Line {
  readonly #model: Model;
  readonly #onState: (state: LineState) => void;
  readonly #kernel: HostKernel | null;
  #state: LineState = "open";
  readonly #onStatus: Slot = (_kernel, status) => {
    if (ENDED.has(String(status))) this.cut();
  };
  readonly #onEnd = (): void => this.cut();

  /** @param onState called at every change, and again whenever somebody speaks into a line that is cut */
  constructor(model: Model, onState: (state: LineState) => void) {
    this.#model = model;
    this.#onState = onState;
    this.#kernel = hostKernel(model);
    // ipywidgets tells its models of a restart that a person asked for, but not of a kernel that died.
    model.on("comm_live_update", this.#onEnd);
    this.#kernel?.statusChanged?.connect(this.#onStatus);
    this.#kernel?.disposed?.connect(this.#onEnd);
  }

  /** The host tells what becomes of the kernel. */
  get isWatched(): boolean {
    return this.#kernel !== null;
  }

  get isCut(): boolean {
    return this.#state === "cut";
  }

  /**
   * Sends a message.
   *
   * @param onHandled called when the kernel is done with it, in hosts that tell; what it answered came before
   */
  send(message: FromScreen, onHandled?: () => void): void {
    try {
      this.#model.send(message, onHandled && whenIdle(onHandled));
    } catch {
      // So does the comm of a kernel that is gone.
      this.#state = "cut";
    }
    this.speak();
  }

  /** Somebody wants to tell the kernel something: says once more when nobody hears it. */
  speak(): void {
    if (this.isCut) this.#onState("cut");
  }

  /** A sign of life. */
  heard(): void {
    this.#become("open");
  }

  /** An answer is overdue. */
  miss(): void {
    if (!this.isCut && !this.#model.isAlone) this.#become("silent");
  }

  cut(): void {
    this.#become("cut");
  }

  destroy(): void {
    this.#model.off("comm_live_update", this.#onEnd);
    this.#kernel?.statusChanged?.disconnect(this.#onStatus);
    this.#kernel?.disposed?.disconnect(this.#onEnd);
  }

  #become(state: LineState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }
}

/** The kernel behind the model, where the host shows it. */
function hostKernel({ widget_manager }: Model): HostKernel | null {
  const { kernel } = (widget_manager ?? {}) as { kernel?: HostKernel | null };
  return kernel ?? null;
}

/**
 * Callbacks as ipywidgets takes them beside a message: kernels are idle again after each one. marimo
 * calls what it is given there when the message has left.
 */
function whenIdle(onHandled: () => void) {
  const status = ({ content }: { content: { execution_state: string } }) => {
    if (content.execution_state === "idle") onHandled();
  };
  return Object.assign(() => {}, { iopub: { status } });
}
