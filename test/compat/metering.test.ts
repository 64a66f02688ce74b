import type OpenAI from "openai";
import { describe } from "vitest";
import type { Harness, NewToken } from "../harness.ts";
import { ANTHROPIC_1, GEMINI_OPENAI, GENAI_3, OPENAI } from "./support/clients.ts";
import { collect, MESSAGES } from "./support/inputs.ts";
import { test } from "./support/test.ts";
import { watch } from "./support/traffic.ts";
import { errorFacts } from "./support/ways.ts";

/** A model of the fake provider that reports these tokens. */
const MODEL = "fake-usage-100-20-60-5";
const REPORTED = { input: 100, output: 20, cacheRead: 60, reasoning: 5 };

/** A token whose tokens are counted, far from their end. */
const COUNTED: NewToken = { endpoints: "inference", limits: { budgets: [{ tokens: 10_000_000, per: "day" }] } };

const message = { model: MODEL, max_tokens: 1_000, messages: MESSAGES };
const content = { model: MODEL, contents: "hello", config: { maxOutputTokens: 1_000 } };

/** One way to ask each provider, and to be answered. */
const WAYS: readonly { name: string; run(url: string, key: string): Promise<unknown> }[] = [
  { name: "openai, chat", run: (url, key) => OPENAI.make({ url, key }).chat.completions.create(message) },
  {
    name: "openai, chat stream",
    run: async (url, key) =>
      collect(await OPENAI.make({ url, key }).chat.completions.create({ ...message, stream: true })),
  },
  {
    name: "openai, responses stream",
    run: async (url, key) =>
      collect(
        await OPENAI.make({ url, key }).responses.create({
          model: MODEL,
          input: "hello",
          max_output_tokens: 1_000,
          stream: true,
        }),
      ),
  },
  { name: "anthropic, messages", run: (url, key) => ANTHROPIC_1.make({ url, key }).messages.create(message) },
  {
    name: "anthropic, messages stream",
    run: async (url, key) =>
      collect(await ANTHROPIC_1.make({ url, key }).messages.create({ ...message, stream: true })),
  },
  { name: "gemini, generateContent", run: (url, key) => GENAI_3.make({ url, key }).models.generateContent(content) },
  {
    name: "gemini, generateContentStream",
    run: async (url, key) => collect(await GENAI_3.make({ url, key }).models.generateContentStream(content)),
  },
  {
    name: "gemini, OpenAI's dialect, stream",
    run: async (url, key) =>
      collect(await GEMINI_OPENAI.make({ url, key }).chat.completions.create({ ...message, stream: true })),
  },
];

interface Told {
  total: { requests: number; estimated: number; counts: Record<string, number> };
}

async function usageOf({ admin }: Harness, id: string): Promise<Told["total"]> {
  return ((await admin.read(`usage?token=${id}&group=model`)) as Told).total;
}

describe("what a token used", () => {
  for (const way of WAYS) {
    const { name } = way;
    test(`is what the provider reported: ${name}`, async ({ harness, expect }) => {
      const { id, secret } = await harness.admin.issue(COUNTED);
      await way.run(harness.gatewayUrl, secret);
      await expect.poll(async () => (await usageOf(harness, id)).requests, { timeout: 10_000 }).toBe(1);
      const { counts, estimated } = await usageOf(harness, id);
      expect(estimated).toBe(0);
      expect({ input: counts["input"], output: counts["output"] }).toEqual({
        input: REPORTED.input,
        output: REPORTED.output,
      });
      expect(counts["cacheRead"]).toBe(REPORTED.cacheRead);
    });
  }
});

describe("a chat's stream under a limit", () => {
  test("is the one that the client would have seen", async ({ harness, token, expect }) => {
    const { secret } = await harness.admin.issue(COUNTED);
    const chunks = async (key: string) => {
      const openai = OPENAI.make({ url: harness.gatewayUrl, key });
      const found = await collect(await openai.chat.completions.create({ ...message, stream: true }));
      // The fake provider makes ids out of a request's bytes, which differ.
      return found.map((chunk) => ({ ...(chunk as object), id: "any" }));
    };
    const before = harness.providers.openai.recordings.length;
    expect(await chunks(secret)).toEqual(await chunks(token.secret));
    const [limited, open] = harness.providers.openai.recordings.slice(before).map(({ body }) => String(body.kept));
    expect(limited).toContain('"stream_options":{"include_usage":true}');
    expect(open).not.toContain("include_usage");
  });

  test("can be read by the SDK's own helper", async ({ harness, expect }) => {
    const { secret } = await harness.admin.issue(COUNTED);
    const openai: OpenAI = OPENAI.make({ url: harness.gatewayUrl, key: secret });
    let deltas = 0;
    for await (const chunk of await openai.chat.completions.create({ ...message, stream: true })) {
      // The loop that every example has: it throws on a chunk without choices.
      if (chunk.choices[0]?.delta !== undefined) deltas++;
      expect(chunk.choices).toHaveLength(1);
    }
    expect(deltas).toBeGreaterThan(1);
  });
});

/** One call with the SDK's own retries, and what came of it. */
async function failing(run: () => Promise<unknown>) {
  const { result, exchanges } = await watch(async () => {
    try {
      await run();
      return { threw: "nothing", message: "", status: 200 };
    } catch (error) {
      return errorFacts(error) as { threw: string; message: string; status: number };
    }
  });
  return { ...result, codes: exchanges.map(({ headers }) => headers.get("x-doppelgate-error")) };
}

describe("a budget that is used up", () => {
  const SPENT: NewToken = { endpoints: "inference", limits: { budgets: [{ tokens: 10, per: "day" }] } };
  for (const [name, run, threw, status] of [
    ["openai", (url, key) => OPENAI.make({ url, key }, 2).chat.completions.create(message), "RateLimitError", 429],
    [
      "anthropic",
      (url, key) => ANTHROPIC_1.make({ url, key }, 2).messages.create(message),
      "PaymentRequiredError",
      402,
    ],
    ["gemini", (url, key) => GENAI_3.make({ url, key }).models.generateContent(content), "ApiError", 429],
  ] as [string, (url: string, key: string) => Promise<unknown>, string, number][]) {
    test(`is the SDK's own error, at once and with words: ${name}`, async ({ harness, expect }) => {
      const { secret } = await harness.admin.issue(SPENT);
      const failure = await failing(() => run(harness.gatewayUrl, secret));
      expect(failure).toMatchObject({ threw, status, codes: ["budget_used_up"] });
      expect(failure.message).toContain("Your token's own budget of 10 tokens a day");
    });
  }
});

describe("what a token may ask for", () => {
  test("is its models, and what its class opens", async ({ harness, expect }) => {
    const { secret } = await harness.admin.issue({ endpoints: "inference", models: { openai: ["gpt-5*"] } });
    // One for each call: a client keeps the fetch that there was when it was made.
    const openai = (): OpenAI => OPENAI.make({ url: harness.gatewayUrl, key: secret }, 2);
    await openai().chat.completions.create({ model: "gpt-5.5", messages: MESSAGES });
    const other = await failing(() => openai().chat.completions.create({ model: "gpt-4o", messages: MESSAGES }));
    expect(other).toMatchObject({ threw: "PermissionDeniedError", codes: ["model_not_allowed"] });
    const files = await failing(async () => openai().files.list());
    expect(files).toMatchObject({ threw: "PermissionDeniedError", codes: ["endpoint_not_allowed"] });
    const earlier = await failing(() =>
      openai().responses.create({ model: "gpt-5.5", input: "hello", previous_response_id: "resp_of_somebody" }),
    );
    expect(earlier).toMatchObject({ threw: "PermissionDeniedError", codes: ["field_not_allowed"] });
    expect(earlier.message).toContain("previous_response_id");
  });

  test("is told at /-/me, with what is used and left", async ({ harness, expect }) => {
    const { id, secret } = await harness.admin.issue(COUNTED);
    await OPENAI.make({ url: harness.gatewayUrl, key: secret }).chat.completions.create(message);
    await expect.poll(async () => (await usageOf(harness, id)).requests, { timeout: 10_000 }).toBe(1);
    const me = await fetch(`${harness.gatewayUrl}/-/me`, { headers: { authorization: `Bearer ${secret}` } });
    expect(me.status).toBe(200);
    const text = await me.text();
    expect(JSON.parse(text)).toMatchObject({
      limits: { budgets: [{ unit: "tokens", per: "day", used: 120, left: 10_000_000 - 120 }] },
    });
    expect(text).not.toContain(secret);
  });
});
