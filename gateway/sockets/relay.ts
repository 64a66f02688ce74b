import { scrubText } from "../scrub.ts";
import { closeReason, isSendable, scrubFrame, type FrameData } from "./frames.ts";

/** Who ended a socket. */
type Side = "holder" | "provider";

/** How a socket ended. */
export interface SocketEnd {
  by: Side | "gateway";
  /** Of the first close frame; 1005: it had no code; 1006: the connection was lost. */
  code: number;
}

/** What a holder is told when the gateway ends its socket. */
export interface Goodbye {
  /** Sent before the close; null: the close alone. */
  frame: string | null;
  code: number;
  reason: string;
}

/** A socket in use. */
export interface Relay {
  /** Settles when both sides are over. Never rejects. */
  ended: Promise<SocketEnd>;
  /** Ends it now: the holder is told, the provider's socket closed, and no further frame passes either way. */
  cut(goodbye: Goodbye): void;
}

/** Sees what passes. */
export interface Onlooker {
  fromHolder(data: FrameData): void;
  fromProvider(data: FrameData): void;
}

/** Decides what passes. */
export interface Gate {
  /** Whether a frame of the holder's may go to the provider. Whoever says no ends the socket. */
  letsThrough(data: FrameData): boolean;
  fromProvider(data: FrameData): void;
}

/** How long a side may take to answer a close frame, in ms; then the socket counts as over. */
const CLOSE_DEADLINE_MS = 10_000;

/** What one side is told when the other one's connection was lost; a close frame can't say 1006. */
const LOST: Record<Side, Goodbye> = {
  // Clients try again after 1011; they wouldn't after 1014, which says it better.
  provider: { frame: null, code: 1011, reason: "The connection to the provider was lost." },
  holder: { frame: null, code: 1001, reason: "" },
};

const OTHER: Record<Side, Side> = { holder: "provider", provider: "holder" };

class Sockets implements Relay {
  readonly ended: Promise<SocketEnd>;
  readonly #sockets: Record<Side, WebSocket>;
  readonly #keys: readonly string[];
  readonly #onlooker: Onlooker | null;
  readonly #gate: Gate | null;
  readonly #settle: (end: SocketEnd) => void;
  #first: SocketEnd | null = null;
  /** Sides whose close has come. */
  readonly #closed = new Set<Side>();
  #over = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(sockets: Record<Side, WebSocket>, keys: readonly string[], onlooker: Onlooker | null, gate: Gate | null) {
    const { promise, resolve } = Promise.withResolvers<SocketEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#sockets = sockets;
    this.#keys = keys;
    this.#onlooker = onlooker;
    this.#gate = gate;
    for (const side of ["provider", "holder"] as const) this.#open(side);
  }

  cut(goodbye: Goodbye): void {
    if (this.#over) return;
    if (goodbye.frame !== null) this.#send("holder", goodbye.frame);
    this.#close("holder", goodbye);
    this.#close("provider", { frame: null, code: 1000, reason: "" });
    this.#first ??= { by: "gateway", code: goodbye.code };
    this.#end();
  }

  #open(side: Side): void {
    const socket = this.#sockets[side];
    socket.addEventListener("message", ({ data }: { data: FrameData }) => this.#pass(side, data));
    socket.addEventListener("close", ({ code, reason }) => this.#closing(side, code, reason));
    // What a holder sends against the protocol ends here too; nobody is to blame but the connection.
    socket.addEventListener("error", () => this.#closing(side, 1006, ""));
    // The default since 2026 is a Blob, which would have to be read asynchronously, and frames would overtake each other.
    socket.binaryType = "arraybuffer";
    // Half open: a close frame is answered only when the other side has answered it, so that what is on the way arrives.
    socket.accept({ allowHalfOpen: true });
  }

  #pass(from: Side, data: FrameData): void {
    if (this.#over) return;
    if (from === "holder" && this.#gate?.letsThrough(data) === false) return;
    if (from === "provider") this.#gate?.fromProvider(data);
    const to = OTHER[from];
    // The runtime queues what a slow side hasn't taken yet, and tells nobody how much that is: nothing is held back here too.
    this.#send(to, to === "holder" ? scrubFrame(data, this.#keys) : data);
    // Behind the sending: nobody waits for it.
    if (from === "holder") this.#onlooker?.fromHolder(data);
    else this.#onlooker?.fromProvider(data);
  }

  #closing(from: Side, code: number, reason: string): void {
    if (this.#over || this.#closed.has(from)) return;
    this.#closed.add(from);
    const to = OTHER[from];
    const isLost = code === 1006 || code === 1015;
    this.#close(to, isLost ? LOST[from] : { frame: null, code, reason });
    if (this.#first === null) {
      this.#first = { by: from, code };
      this.#timer = setTimeout(() => this.#end(), CLOSE_DEADLINE_MS);
    }
    if (this.#closed.has(to)) this.#end();
  }

  #send(to: Side, data: FrameData): void {
    try {
      this.#sockets[to].send(data);
    } catch {
      // It was closed or lost meanwhile; its close event tells the rest.
    }
  }

  #close(to: Side, { code, reason }: Goodbye): void {
    try {
      const socket = this.#sockets[to];
      const words = closeReason(to === "holder" ? scrubText(reason, this.#keys) : reason);
      if (isSendable(code)) socket.close(code, words);
      else socket.close();
    } catch {
      // Closed already.
    }
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    // A side that never answered is told nothing more, but its half of the handshake is finished.
    for (const side of ["holder", "provider"] as const) this.#close(side, { frame: null, code: 1000, reason: "" });
    this.#settle(this.#first ?? { by: "gateway", code: 1006 });
  }
}

/**
 * Passes frames both ways, text and binary as they are and in their order, and closes with their codes and reasons. The
 * provider keys are taken out of what goes to the holder.
 *
 * @param holder the gateway's end towards the client, not yet accepted
 * @param provider the gateway's end towards the provider, not yet accepted
 * @param keys the provider keys
 * @param onlooker sees every frame that passes; null: nobody
 * @param gate decides what passes; null: everything does
 */
export function relay(
  holder: WebSocket,
  provider: WebSocket,
  keys: readonly string[],
  onlooker: Onlooker | null,
  gate: Gate | null = null,
): Relay {
  return new Sockets({ holder, provider }, keys, onlooker, gate);
}
