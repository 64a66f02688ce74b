import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { play, type Player } from "../simulation/clients.ts";
import { between, randomOf } from "../simulation/random.ts";
import type { House } from "./house.ts";

/** What clients did. */
export interface Count {
  /** Requests that were sent. */
  requests: number;
  /** The provider's whole answers. */
  finished: number;
  /** Refusals by the gateway. */
  refused: number;
  /** Answers that were left, broke, or never came. */
  broken: number;
  /** WebSockets that were open. */
  sockets: number;
  messages: number;
}

/** How long one that nobody closes is used, in messages. */
const MOST_MESSAGES = 20;
const SOCKET_DEADLINE_MS = 10_000;

/** Opens a socket, has messages sent back over it, and leaves it well or badly. */
async function talk(house: House, player: Player, random: () => number, count: Count): Promise<void> {
  const address = `${house.url.replace("http", "ws")}/v1/realtime?model=gpt-realtime`;
  const socket = new WebSocket(address, {
    headers: { authorization: `Bearer ${player.secret}` },
    perMessageDeflate: false,
  });
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const deadline = setTimeout(() => socket.terminate(), SOCKET_DEADLINE_MS);
  let left = between(random, 1, MOST_MESSAGES);
  const say = (): void =>
    socket.send(JSON.stringify({ type: "session.update", text: "x".repeat(between(random, 1, 2_000)) }));
  socket.on("open", () => {
    count.sockets += 1;
    say();
  });
  socket.on("message", () => {
    count.messages += 1;
    left -= 1;
    if (left > 0) say();
    else if (random() < 0.2) socket.terminate();
    else socket.close(1000);
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => resolve());
  await over;
  clearTimeout(deadline);
}

/**
 * Sends mixed traffic until it is told to stop: chats and messages, whole and streamed, clients that leave, and sockets.
 *
 * @param clients how many at once
 * @param pauseMs how long each waits after an answer, at most
 * @returns a function that stops it, and tells what was done
 */
export function sendTraffic(
  house: House,
  players: readonly Player[],
  { clients, pauseMs, seed }: { clients: number; pauseMs: number; seed: number },
): () => Promise<Count> {
  const count: Count = { requests: 0, finished: 0, refused: 0, broken: 0, sockets: 0, messages: 0 };
  const game = { over: false };
  const client = async (random: () => number): Promise<void> => {
    while (!game.over) {
      const player = players[between(random, 0, players.length - 1)];
      if (player === undefined) throw new Error("Nobody is in play.");
      if (random() < 0.05) {
        await talk(house, player, random, count);
      } else {
        const { finished, refusal } = await play(house.url, player, random);
        count.requests += 1;
        count[refusal !== null ? "refused" : finished ? "finished" : "broken"] += 1;
      }
      await sleep(between(random, 0, pauseMs));
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(randomOf(seed + index))));
  return async () => {
    game.over = true;
    await all;
    return count;
  };
}
