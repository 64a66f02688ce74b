import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocketServer, type WebSocket } from "ws";
import { type Answer, type Call, readCall } from "../call.ts";
import { parse } from "../json.ts";
import { planOf } from "../plan.ts";
import type { Recording } from "../recording.ts";
import { misbehave } from "./faults.ts";
import { bytesOf, recordHandshake, recordSocket } from "./recording.ts";
import { type Said, type Script, SCRIPTS } from "./scripts.ts";

/** What the sockets need of the server. */
export interface Surroundings {
  origin: string;
  recordings: Recording[];
  /** The provider's answer to a handshake that it refuses; null where it is welcome. */
  refusal(call: Call): Answer | null | Promise<Answer | null>;
  /** The headers that every answer carries. */
  headers(call: Call): [name: string, value: string][];
  /** The real key, for the fault that shows it. */
  key(call: Call): string;
}

/** The largest message taken, in bytes. */
const MAX_PAYLOAD = 64 * 1024 * 1024;

function send(socket: WebSocket, said: readonly Said[], binary: boolean): void {
  for (const one of said) {
    const isRaw = typeof one === "string" || Buffer.isBuffer(one);
    const text = isRaw ? one : JSON.stringify(one);
    socket.send(binary && !isRaw ? Buffer.from(text) : text);
  }
}

function run(socket: WebSocket, script: Script, handshake: Call, key: string): void {
  // A fault named in the handshake takes the place of all that the endpoint would say.
  const { socket: fault } = handshake.plan;
  if (fault !== null) return misbehave(fault, socket, key);
  let turn = 0;
  socket.on("message", (data) => {
    const message = parse(bytesOf(data).toString("utf8"));
    const named = planOf(script.model(message)).socket;
    if (named === null) send(socket, script.answer(handshake, message, turn++), script.binary);
    else misbehave(named, socket, key);
  });
  send(socket, script.greeting(handshake), script.binary);
}

/** Waits before a handshake is answered. Nobody reads the stream yet, and it stays half open: its end must be looked for. */
async function waitOrLeave(stream: Duplex, milliseconds: number, over: Promise<void>): Promise<void> {
  const look = (): void => {
    if (stream.readableLength === 0) stream.read();
  };
  const leave = (): unknown => stream.destroy();
  stream.on("readable", look).on("end", leave);
  await Promise.race([pause(milliseconds), over]);
  stream.off("readable", look).off("end", leave);
}

function refuse(stream: Duplex, answer: Answer, own: [string, string][]): void {
  const { status, body, headers } =
    answer.kind === "whole" ? answer : { status: 500, body: "", headers: {} as Record<string, string> };
  const length = ["content-length", String(Buffer.byteLength(body))];
  const lines = [...own, ...Object.entries(headers), length, ["connection", "close"]].map((pair) => pair.join(": "));
  stream.end(`HTTP/1.1 ${status} Refused\r\n${lines.join("\r\n")}\r\n\r\n${String(body)}`);
}

/** Takes the handshakes of a fake provider. */
export class Sockets {
  readonly #surroundings: Surroundings;
  readonly #server: WebSocketServer;
  readonly #streams = new Set<Duplex>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_PAYLOAD,
      // OpenAI takes `realtime`; whoever offers something else gets none of it from Google.
      handleProtocols: (offered) => (offered.has("realtime") ? "realtime" : false),
    });
    this.#server.on("headers", (lines, request: IncomingMessage) => {
      for (const pair of surroundings.headers(this.#callOf(request))) lines.push(pair.join(": "));
    });
  }

  /** A listener of the server's `upgrade` event. */
  async upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    this.#streams.add(stream);
    const { promise: over, resolve } = Promise.withResolvers<void>();
    stream.on("close", () => {
      this.#streams.delete(stream);
      resolve();
    });
    stream.on("error", () => stream.destroy());
    const recording = recordHandshake(request, over);
    this.#surroundings.recordings.push(recording);
    const call = this.#callOf(request);
    if (call.plan.firstByteMs > 0) await waitOrLeave(stream, call.plan.firstByteMs, over);
    if (stream.destroyed) return;
    const script = SCRIPTS.find(({ path }) => path.test(call.path));
    const refusal = await this.#surroundings.refusal(call);
    if (refusal !== null || script === undefined) {
      recording.status = refusal?.kind === "whole" ? refusal.status : 404;
      const fallback: Answer = { kind: "whole", status: 404, headers: {}, body: "" };
      return refuse(stream, refusal ?? fallback, this.#surroundings.headers(call));
    }
    recording.status = 101;
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      recording.socket = recordSocket(socket);
      run(socket, script, call, this.#surroundings.key(call));
    });
  }

  /** Drops every connection. */
  close(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#server.close();
  }

  #callOf(request: IncomingMessage): Call {
    const { method = "", url: target = "", headers } = request;
    const call = readCall({ method, target, headers, body: Buffer.alloc(0), origin: this.#surroundings.origin });
    // Realtime names its model in the query.
    const model = call.model || (call.query.get("model") ?? "");
    return { ...call, model, plan: planOf(model) };
  }
}
