import { setTimeout as sleep } from "node:timers/promises";
import { type FakeProvider, startFakeProvider } from "../../fake-provider/index.ts";
import { whole } from "../../fake-provider/call.ts";
import { type Issued, KEYS } from "../../harness.ts";
import { between, randomOf } from "../../raw/simulation/random.ts";
import type { World } from "./world.ts";

/** The most output that a request of the load asks for, in tokens. */
const MOST_OUTPUT = 40;
/** Says whose request it is: a header that goes through the gateway as it came. */
const PLAYER = "x-player";

/** What the provider has written down of one call: it bills each, whether anybody hears of it or not. */
export interface Served {
  player: string;
  input: number;
  output: number;
}

/** A provider with books of its own. */
export interface CountingProvider {
  provider: FakeProvider;
  /** By the number that each answer's usage carries. */
  books: Map<number, Served>;
}

/** Starts a provider that takes a moment for each answer, and writes down whom it served with how much. */
export async function startCountingProvider(seed: number): Promise<CountingProvider> {
  const random = randomOf(seed);
  const books = new Map<number, Served>();
  const provider = await startFakeProvider({
    keys: KEYS,
    onRequest: async ({ headers, body, model }) => {
      const serial = books.size + 1;
      const served = {
        player: String(headers[PLAYER]),
        input: between(random, 1, body.length),
        output: between(random, 1, MOST_OUTPUT),
      };
      books.set(serial, served);
      await sleep(between(random, 2, 60));
      const usage = {
        prompt_tokens: served.input,
        completion_tokens: served.output,
        total_tokens: served.input + served.output,
        completion_tokens_details: { serial_tokens: serial },
      };
      const message = { role: "assistant", content: "word ".repeat(served.output) };
      return whole({
        object: "chat.completion",
        model,
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage,
      });
    },
  });
  return { provider, books };
}

/** Something that goes on until it is stopped. */
export interface Load {
  /** When each answer that came was whole, by the provider's number of it: `performance.now()`. */
  finished: Map<number, number>;
  /** Waits until so many are. */
  reached(count: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Has many clients ask at once, over and over, each with a random one of some tokens.
 *
 * @param clients how many
 */
export function startLoad({ gatewayUrl }: World, tokens: readonly Issued[], clients: number, seed: number): Load {
  const state = { over: false };
  const finished = new Map<number, number>();
  const client = async (random: () => number): Promise<void> => {
    while (!state.over) {
      const token = tokens[between(random, 0, tokens.length - 1)];
      if (token === undefined) return;
      const content = "x".repeat(between(random, 1, 400));
      const serial = await ask(gatewayUrl, token, content).catch(() => null);
      if (serial !== null) finished.set(serial, performance.now());
    }
  };
  const running = Promise.all(Array.from({ length: clients }, (_, index) => client(randomOf(seed + index))));
  return {
    finished,
    async reached(count) {
      while (finished.size < count) await sleep(5);
    },
    async stop() {
      state.over = true;
      await running;
    },
  };
}

/** @returns the provider's number of the answer; null: it was another one */
async function ask(gatewayUrl: string, { id, secret }: Issued, content: string): Promise<number | null> {
  const answer = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}`, [PLAYER]: id },
    body: JSON.stringify({ model: "gpt-4.1-mini", max_tokens: MOST_OUTPUT, messages: [{ role: "user", content }] }),
  });
  const serial = /"serial_tokens":\s*(\d+)/.exec(await answer.text())?.[1];
  // A refusal comes at once: without a pause, refused clients would do nothing but ask.
  if (!answer.ok) await sleep(20);
  return serial === undefined ? null : Number(serial);
}
