/** The line to the server, which is taken up again when it breaks. */

import { packed, unpacked } from "../wire/frames.ts";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export interface ConnectionOptions {
  /** The line is open, the first time or again. */
  onOpen(): void;
  onMessage(head: Record<string, unknown>, buffers: DataView[]): void;
  /** The line is broken, and is tried again. */
  onLost(): void;
}

export class Connection {
  readonly #address: string;
  readonly #options: ConnectionOptions;
  #socket: WebSocket | null = null;
  #wait = FIRST_WAIT_MS;

  constructor(address: string, options: ConnectionOptions) {
    this.#address = address;
    this.#options = options;
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** What is said into a line that is broken is lost: whoever hears that it is open says it again. */
  readonly say = (head: Record<string, unknown>): void => {
    if (this.isOpen) this.#socket?.send(packed(head));
  };

  #connect(): void {
    const socket = new WebSocket(this.#address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#wait = FIRST_WAIT_MS;
      this.#options.onOpen();
    });
    socket.addEventListener("message", ({ data }) => {
      const { head, buffers } = unpacked(data as ArrayBuffer);
      this.#options.onMessage(head, buffers);
    });
    socket.addEventListener("close", () => {
      this.#options.onLost();
      setTimeout(() => this.#connect(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    });
  }
}
