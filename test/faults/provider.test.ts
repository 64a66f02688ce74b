import { afterAll, beforeAll } from "vitest";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import { type FakeProvider, startFakeProvider } from "../fake-provider/index.ts";
import { type Issued, KEYS, type NewLimits } from "../harness.ts";
import { CONCURRENCY, UNREACHABLE } from "./rows.ts";
import { bySdk, chat, expectTold, type SdkSeen } from "./support/ask.ts";
import { booksOf, usedOf } from "./support/books.ts";
import { fault } from "./support/fault.ts";
import { startWorld, type World } from "./support/world.ts";

/** Bodies that no provider should send. */
const GARBAGE: Record<string, { type: string; body: string }> = {
  "garbage-json": { type: "application/json", body: '{"choices": [{{{ \u0000 not json' },
  "garbage-empty": { type: "application/json", body: "" },
  "garbage-events": { type: "text/event-stream", body: 'data: {"choices": [}}}\n\ndata: \u0000\n\n: \n\n' },
};

const startProvider = (port?: number): Promise<FakeProvider> =>
  startFakeProvider({
    keys: KEYS,
    ...(port !== undefined && { port }),
    onRequest: ({ model }) => {
      const garbage = GARBAGE[model];
      return garbage === undefined
        ? null
        : { kind: "whole", status: 200, headers: { "content-type": garbage.type }, body: garbage.body };
    },
  });

let world: World;
beforeAll(async () => {
  world = await startWorld({}, await startProvider());
});
afterAll(() => world.dispose());

const BUDGET: NewLimits = { budgets: [{ tokens: 10_000_000, per: "day" }] };

/** A new token, and what each SDK makes of a model. */
async function byEach(model: string): Promise<Issued & { seen: Record<Provider, SdkSeen> }> {
  const token = await world.admin.issue({ limits: BUDGET });
  const seen = await Promise.all(PROVIDERS.map((provider) => bySdk(world, provider, token.secret, model)));
  return { ...token, seen: Object.fromEntries(seen.map((one) => [one.provider, one])) as Record<Provider, SdkSeen> };
}

fault(
  "provider refuses the connection",
  "each SDK raises its own error with the gateway's words; nothing is used or held",
  async ({ expect }) => {
    const { port } = world.provider;
    await world.provider.close();
    const { id, secret, seen } = await byEach("any-model");
    expectTold(expect, await chat(world, secret), UNREACHABLE);
    world.provider = await startProvider(port);
    expect(seen.openai).toMatchObject({ threw: "InternalServerError", status: 503 });
    expect(seen.openai.message).toContain(UNREACHABLE.message);
    expect(seen.anthropic).toMatchObject({ threw: "ServiceUnavailableError", status: 503 });
    expect(seen.anthropic.message).toContain(UNREACHABLE.message.replace("OpenAI", "Anthropic"));
    expect(seen.gemini).toMatchObject({ threw: "ApiError", status: 503 });
    expect(seen.gemini.message).toContain("could not be reached. Try again in a moment.");
    const books = await booksOf(expect, world, id, 4);
    for (const entry of books.entries) expect(entry).toMatchObject({ code: UNREACHABLE.code, error: "gateway" });
    expect(usedOf(books)).toBe(0);
    expect((await chat(world, secret)).status).toBe(200);
  },
);

fault(
  "provider slow to its first byte",
  "the answer comes when it comes, whole and exactly counted",
  async ({ expect }) => {
    const { id, seen } = await byEach("fake-slow-first-byte-1500");
    for (const one of Object.values(seen))
      expect(one).toMatchObject({ threw: "nothing", text: expect.stringContaining("hello") });
    const { entries } = await booksOf(expect, world, id, 3);
    for (const entry of entries) {
      expect(entry).toMatchObject({ status: 200, error: null, estimated: false });
      expect(entry.ttfbMs).toBeGreaterThan(1_400);
    }
  },
);

fault(
  "provider resets in mid-stream",
  "each SDK has the part that came and then an error; the part counts, as an estimate",
  async ({ expect }) => {
    const { id, seen } = await byEach("fake-reset-midstream");
    for (const one of Object.values(seen)) {
      expect(one.text, one.provider).toContain("word1");
      // What fetch throws where a body breaks off; none of the SDKs wraps it.
      expect(one, one.provider).toMatchObject({ threw: "TypeError", message: "terminated" });
    }
    const books = await booksOf(expect, world, id, 3);
    for (const entry of books.entries)
      expect(entry).toMatchObject({ status: 200, error: "providerFailed", code: "failed", estimated: true });
    expect(usedOf(books)).toBeGreaterThan(0);
  },
);

fault(
  "provider breaks off a short answer",
  "an error in place of half of it, which none would take for whole; it counts as an estimate",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue({ limits: BUDGET });
    const seen = await chat(world, secret, "fake-reset-midstream");
    expectTold(expect, seen, UNREACHABLE);
    expect(seen.retryAfter).not.toBeNull();
    const books = await booksOf(expect, world, id, 1);
    expect(books.entries).toMatchObject([{ status: 503, code: UNREACHABLE.code, error: "gateway", estimated: true }]);
    expect(usedOf(books)).toBeGreaterThan(0);
  },
);

fault("provider's own error in mid-stream", "it reaches each SDK as the provider's error", async ({ expect }) => {
  const { id, seen } = await byEach("fake-error-midstream");
  for (const one of Object.values(seen)) expect(one.text, one.provider).toContain("word3");
  expect(seen.openai).toMatchObject({ threw: "APIError", message: "The server had an error." });
  expect(seen.anthropic).toMatchObject({ threw: "APIError", message: expect.stringContaining("Overloaded") });
  expect(seen.gemini).toMatchObject({
    threw: "ApiError",
    message: expect.stringContaining("The model is overloaded."),
  });
  await booksOf(expect, world, id, 3);
});

fault("provider sends garbage", "it is handed on as it came, and counts as an estimate", async ({ expect }) => {
  for (const [model, { body }] of Object.entries(GARBAGE)) {
    const { id, secret } = await world.admin.issue({ limits: BUDGET });
    const seen = await chat(world, secret, model, { stream: model.includes("events") });
    expect(seen).toMatchObject({ status: 200, code: null, text: body });
    const books = await booksOf(expect, world, id, 1);
    expect(books.entries, model).toMatchObject([{ status: 200, estimated: true }]);
    expect(usedOf(books), model).toBeGreaterThan(0);
  }
});

fault(
  "provider's load balancer answers with a page",
  "its status and page are handed on, in each SDK's error",
  async ({ expect }) => {
    const { id, seen } = await byEach("fake-html");
    expect(seen.openai).toMatchObject({ threw: "InternalServerError", status: 502 });
    expect(seen.anthropic).toMatchObject({ status: 502 });
    expect(seen.gemini).toMatchObject({ threw: "ApiError", status: 502 });
    const books = await booksOf(expect, world, id, 3);
    expect(usedOf(books)).toBe(0);
  },
);

fault(
  "provider never ends",
  "its place stays taken, until the client leaves or the token dies: then the stream is cut with the reason",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue({ limits: { ...BUDGET, concurrency: 3, queueSeconds: 0 } });
    const streams = PROVIDERS.map((provider) => bySdk(world, provider, secret, "fake-never-ends"));
    await expect.poll(async () => (await world.books(id)).standing?.concurrency?.running).toBe(3);
    expectTold(expect, await chat(world, secret), CONCURRENCY);
    const recordings = world.provider.recordings.slice(-3);
    await world.admin.edit(id, { status: "disabled" });
    const since = performance.now();
    const seen = await Promise.all(streams);
    expect(performance.now() - since).toBeLessThan(5_000);
    for (const one of seen) {
      expect(one.text, one.provider).toContain("word2");
      expect(one.message, one.provider).toContain("This token is not valid here.");
    }
    await Promise.all(recordings.map(({ closed }) => closed));
    const { entries } = await booksOf(expect, world, id, 4);
    expect(entries.filter(({ code }) => code === "cut")).toHaveLength(3);
  },
);

for (const [name, provider, status, threw, path] of [
  ["provider's 429 storm", "openai", 429, "RateLimitError", "/v1/chat/completions"],
  ["provider's 529 storm", "anthropic", 529, "OverloadedError", "/v1/messages"],
] as const) {
  fault(
    name,
    "each holder gets the provider's own error and retry-after; nothing is used, held or forgotten",
    async ({ expect }) => {
      const { id, secret } = await world.admin.issue({ limits: { ...BUDGET, concurrency: 50, queueSeconds: 10 } });
      const model = `fake-status-${status}`;
      const one = async (): Promise<unknown[]> => {
        const answer = await fetch(world.gatewayUrl + path, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            authorization: `Bearer ${secret}`,
            ...(provider === "anthropic" && { "anthropic-version": "2023-06-01" }),
          },
          body: JSON.stringify({ model, max_tokens: 50, messages: [{ role: "user", content: "hello" }] }),
        });
        await answer.text();
        return [answer.status, answer.headers.get("x-doppelgate-error"), answer.headers.get("retry-after")];
      };
      const answers = await Promise.all(Array.from({ length: 100 }, one));
      const retryAfter = status === 429 ? "7" : "3";
      const told = Map.groupBy(answers, (answer) => JSON.stringify(answer));
      expect([...told.keys()]).toEqual([JSON.stringify([status, null, retryAfter])]);
      expect(await bySdk(world, provider, secret, model)).toMatchObject({ threw, status });
      const books = await booksOf(expect, world, id, 101);
      for (const entry of books.entries)
        expect(entry).toMatchObject({ refusedBy: "provider", error: "providerBusy", counts: null });
      expect(usedOf(books)).toBe(0);
      expect((await chat(world, secret)).status).toBe(200);
    },
  );
}
