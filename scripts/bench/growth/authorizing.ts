import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { generateToken } from "../../../shared/token.ts";
import { tellGuard } from "./filling.ts";
import { inTurns, send, type Times } from "./measuring.ts";
import type { Pair } from "./pair.ts";
import { hashAt, idAt, openToken, tokenAt } from "./worker/story.ts";

const ANSWER = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
});
const BODY = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });

/** Stands in for the provider: it answers at once. */
export async function startProvider(): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(ANSWER));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Hot: used again within its second. Cold: the first request of a token that this isolate hasn't met. */
export type Authorized = Record<"hot" | "cold", Times[]>;

/** Makes secrets of tokens, and has KV and their guards know them. */
async function open(pair: Pair, tokens: number, used: number, now: number): Promise<string[]> {
  for (let index = 0; index < tokens; index++) {
    const hash = hashAt(index);
    pair.kv.values.set(hash, JSON.stringify(tokenAt(index, hash, [], now)));
  }
  return Promise.all(
    Array.from({ length: used }, async (_, index) => {
      const secret = generateToken(idAt(index));
      const hash = createHash("sha256").update(secret).digest("hex");
      const record = openToken(index, hash, now);
      pair.kv.values.set(hash, JSON.stringify(record));
      await tellGuard(pair, record);
      return secret;
    }),
  );
}

async function ask(pair: Pair, secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const { status, ms, body } = await send(`${pair.gateway}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: BODY,
  });
  if (status !== 200) throw new Error(`The gateway answered ${status}: ${body}`);
  return ms;
}

/**
 * Measures requests with a token through the gateway, in turns between the pairs.
 *
 * @param tokens how many each pair's KV holds
 * @param now the time that the tokens are told by, ms since 1970
 */
export async function authorize(
  pairs: readonly Pair[],
  tokens: readonly number[],
  now: number,
  rounds: number,
): Promise<Authorized> {
  // Three for the warm-up. Of few tokens those that are cold can't be asked twice, so all have as many.
  const colds = rounds + 3;
  const secrets: string[][] = [];
  for (const [index, pair] of pairs.entries()) secrets.push(await open(pair, tokens[index] ?? 0, colds + 1, now));
  const hot = await inTurns(
    pairs.map((pair, index) => () => ask(pair, secrets[index]?.[0] ?? "")),
    rounds * 10,
  );
  const cold = await inTurns(
    pairs.map((pair, index) => () => ask(pair, secrets[index]?.pop() ?? "")),
    rounds,
  );
  return { hot, cold };
}
