import OpenAI from "openai";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Limits } from "../../shared/policy.ts";
import { type FakeProvider, startFakeProvider } from "../fake-provider/index.ts";
import { type RawGateway, start } from "./harness.ts";
import { recordOf } from "./record.ts";

const KEYS = { openai: "fake-openai-key", anthropic: "fake-anthropic-key", gemini: "fake-gemini-key" };
const LIMITED = "typed-token-with-a-budget-of-tokens";
const OPEN = "typed-token-without-any-limits";

const LIMITS: Limits = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  queueSeconds: 0,
  budgets: [{ tokens: 1_000_000_000, per: "total", warnAt: null }],
};

let provider: FakeProvider;
let gateway: RawGateway;
beforeAll(async () => {
  provider = await startFakeProvider({ provider: "openai", keys: KEYS });
  gateway = await start({
    upstreams: { openai: provider.url },
    keys: { openai: KEYS.openai },
    records: [await recordOf("limitedone", LIMITED, { limits: LIMITS }), await recordOf("unlimited1", OPEN)],
  });
});
afterAll(async () => {
  await gateway.dispose();
  await provider.close();
});

const MODEL = "fake-words-40";
const asked = (more: object = {}) => ({
  model: MODEL,
  stream: true,
  max_completion_tokens: 100,
  messages: [{ role: "user", content: "héllo 日本" }],
  ...more,
});

/** The fake makes its ids of the request, and two of them are compared. */
const withoutIds = (text: string): string => text.replaceAll(/chatcmpl-\w+/g, "ID");

/** The bytes of a stream. */
async function streamOf(origin: string, key: string, body: object): Promise<string> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`${origin}/v1/chat/completions`, init);
  return response.text();
}

describe("a stream of chat completions under a token with a budget", () => {
  test("is the one that the client would have got, to the byte, though usage was asked for", async ({ expect }) => {
    const plain = await streamOf(provider.url, KEYS.openai, asked());
    const through = await streamOf(gateway.url, LIMITED, asked());
    const { body, headers } = provider.recordings.at(-1) ?? {};
    expect(JSON.parse(body?.kept.toString() ?? "")).toMatchObject({ stream_options: { include_usage: true } });
    expect(headers?.find(([name]) => name.toLowerCase() === "accept-encoding")?.[1]).toBe("identity");
    expect(withoutIds(through)).toBe(withoutIds(plain));
    expect(through).not.toContain("usage");
  });

  test("has its usage where the client asked for it", async ({ expect }) => {
    const body = asked({ stream_options: { include_usage: true } });
    const through = await streamOf(gateway.url, LIMITED, body);
    expect(through).toBe(await streamOf(provider.url, KEYS.openai, body));
    expect(through).toContain('"usage":{"prompt_tokens"');
  });

  test("is left alone under a token without limits", async ({ expect }) => {
    await streamOf(gateway.url, OPEN, asked());
    expect(JSON.parse(provider.recordings.at(-1)?.body.kept.toString() ?? "")).not.toHaveProperty("stream_options");
  });

  test("can be read by OpenAI's client", async ({ expect }) => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: LIMITED });
    const messages = [{ role: "user", content: "hi" }] as const;
    const stream = await client.chat.completions.create({ model: MODEL, stream: true, messages: [...messages] });
    let text = "";
    let usages = 0;
    for await (const { choices, usage } of stream) {
      expect(choices).toHaveLength(1);
      text += choices[0]?.delta.content ?? "";
      if (usage !== undefined) usages += 1;
    }
    expect([text.split("word").length, usages]).toEqual([41, 0]);
  });
});
