import type { WebSocket } from "ws";
import type { Plan } from "../plan.ts";
import { bytesOf } from "./recording.ts";

/** What goes wrong on a socket, when a client names a fake model in its handshake or in a message. */
export type SocketFault = NonNullable<Plan["socket"]>;

const TICK_MS = 50;

/** Numbered messages, all at once. */
function burst(socket: WebSocket, count: number): void {
  for (let index = 0; index < count; index++) socket.send(`frame ${index}`);
}

/** Each fault; the number is the one in the model's name. */
const FAULTS: Record<SocketFault["fault"], (socket: WebSocket, count: number, key: string) => void> = {
  close: (socket, code) => (code === 1005 ? socket.close() : socket.close(code, "The fake provider closes.")),
  cut: (socket) => socket.terminate(),
  key(socket, _count, key) {
    socket.send(JSON.stringify({ type: "error", error: { message: `Consumer 'api_key:${key}' and ${key}.` } }));
    socket.send(Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(`${key}|${key}`), Buffer.from([200, 0])]));
    socket.close(4003, `api_key:${key} has been suspended`);
  },
  frame(socket, bytes) {
    socket.send("x".repeat(bytes));
    socket.send(Buffer.alloc(bytes, 7));
  },
  ticks(socket, gapMs) {
    let tick = 0;
    const timer = setInterval(() => socket.send(JSON.stringify({ type: "tick", tick: tick++ })), gapMs || TICK_MS);
    socket.on("close", () => clearInterval(timer));
  },
  echo(socket) {
    socket.on("message", (data, binary) => {
      const [word, count, ...rest] = binary ? [] : bytesOf(data).toString("utf8").split(" ");
      if (word === "close") socket.close(Number(count), rest.join(" "));
      else if (word !== "burst") socket.send(data, { binary });
      else burst(socket, Number(count));
    });
  },
};

/** Does what a fault asks for. */
export function misbehave(fault: SocketFault, socket: WebSocket, key: string): void {
  FAULTS[fault.fault](socket, fault.count, key);
}
