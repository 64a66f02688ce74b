import { reset } from "cloudflare:test";
import { afterEach, describe, type ExpectStatic, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { forgetTelling } from "../../../gateway/telling.ts";
import type { Limits } from "../../../shared/policy.ts";
import type { RequestEntry } from "../../../shared/usage.ts";
import { askAs, control, fakeUpstream, issue } from "../support/gateway.ts";
import { counts, events } from "../support/metering.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetTelling();
  await reset();
});

const LIMITS: Limits = {
  requestsPerMinute: 100,
  tokensPerMinute: null,
  concurrency: null,
  queueSeconds: 0,
  budgets: [],
};
const CHAT = "/v1/chat/completions";
const post = (body: object = { model: "gpt-x", messages: [] }): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const COUNTS = counts({ input: 11, output: 7 });
const done = { model: "gpt-x", choices: [], usage: USAGE };

async function entriesOf(tokenId: string): Promise<RequestEntry[]> {
  return (await control.requests({ tokenId, before: null, limit: 100 })).entries;
}

/** Waits for so many entries, and a moment longer: one more would be one too many. */
async function settledEntries(expect: ExpectStatic, tokenId: string, count: number): Promise<RequestEntry[]> {
  await expect.poll(() => entriesOf(tokenId), { timeout: 5_000 }).toHaveLength(count);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const entries = await entriesOf(tokenId);
  expect(entries).toHaveLength(count);
  return entries;
}

for (const [kind, limits] of [
  ["without limits", null],
  ["with limits", LIMITS],
] as const) {
  describe(`what a token ${kind} used is told to its guard once`, () => {
    for (const [name, answer, expected] of [
      [
        "a JSON answer",
        () => Response.json({ model: "gpt-x-1", choices: [], usage: USAGE }, { headers: { "content-length": "97" } }),
        { status: 200, error: null, code: null, counts: COUNTS, model: "gpt-x-1", estimated: false, endpoint: "chat" },
      ],
      [
        "a JSON answer of unknown length",
        () => Response.json({ model: "gpt-x-1", choices: [], usage: USAGE }),
        { status: 200, error: null, counts: COUNTS, estimated: false, raw: { total_tokens: 18 } },
      ],
      [
        "a stream",
        () => new Response(events([done], "data: [DONE]\n\n"), { headers: { "content-type": "text/event-stream" } }),
        { status: 200, error: null, counts: COUNTS, estimated: false },
      ],
      [
        "an answer without usage",
        () => Response.json({ choices: [{ message: { content: "x".repeat(80) } }] }),
        { status: 200, error: null, estimated: true },
      ],
      [
        "the provider's own limit",
        () => Response.json({ error: {} }, { status: 429 }),
        { status: 429, refusedBy: "provider", error: "providerBusy", counts: null, estimated: false },
      ],
      [
        "a provider's fault",
        () => Response.json({ error: {} }, { status: 500 }),
        { status: 500, refusedBy: "provider", error: "providerFailed", counts: null },
      ],
      [
        "a provider that can't be reached",
        () => Promise.reject(new Error("no")),
        { status: 503, refusedBy: "gateway", code: "provider_unreachable", error: "gateway", counts: null },
      ],
    ] as [string, () => Response | Promise<Response>, Partial<RequestEntry>][]) {
      it(`after ${name}`, async ({ expect }) => {
        fakeUpstream(answer);
        const { secret, record } = await issue({ limits });
        const response = await askAs(secret, CHAT, post());
        await response.text();
        const [entry] = await settledEntries(expect, record.id, 1);
        expect(entry).toMatchObject({ provider: "openai", route: "openai", ...expected });
        expect((await control.activity(record.id)).standing?.concurrency?.running ?? 0).toBe(0);
      });
    }
  });
}

describe("a request that gets no permit", () => {
  it("because of the token's policy is told, as the policy's", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret, record } = await issue({ endpoints: "inference" });
    const response = await askAs(secret, "/v1/files");
    expect([response.status, sent]).toEqual([403, []]);
    const [entry] = await settledEntries(expect, record.id, 1);
    expect(entry).toMatchObject({
      status: 403,
      refusedBy: "gateway",
      code: "endpoint_not_allowed",
      error: "policy",
      counts: null,
      micros: null,
    });
  });

  it("because of its limits is written down by the guard, and not told again", async ({ expect }) => {
    fakeUpstream(() => Response.json({ model: "gpt-x", choices: [], usage: USAGE }));
    const { secret, record } = await issue({ limits: { ...LIMITS, requestsPerMinute: 1 } });
    await (await askAs(secret, CHAT, post())).text();
    expect((await askAs(secret, CHAT, post())).status).toBe(429);
    const entries = await settledEntries(expect, record.id, 2);
    expect(new Set(entries.map(({ error }) => error))).toEqual(new Set(["limit", null]));
  });

  it("because nobody knows its token is told to nobody", async ({ expect }) => {
    const { record } = await issue();
    expect((await askAs("no-token-of-this-gateway", "/v1/models")).status).toBe(401);
    await settledEntries(expect, record.id, 0);
  });
});

describe("a metered stream", () => {
  it("whose token dies is cut with a word, and what was seen of it is settled", async ({ expect }) => {
    const said = events([{ model: "gpt-x", choices: [{ delta: { content: "x".repeat(80) }, finish_reason: null }] }]);
    fakeUpstream(() => {
      const encoder = new TextEncoder();
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(encoder.encode(said)),
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          controller.enqueue(encoder.encode(": ping\n\n"));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const { secret, record } = await issue({ limits: LIMITS });
    const response = await askAs(secret, CHAT, post());
    const text = response.text();
    await control.apply({ ...record, state: "disabled", version: record.version + 1 });
    expect(await text).toMatch(/^data: \{"model".*: ping\n\n\n\nevent: error\ndata: \{.*"invalid_api_key"/s);
    const [entry] = await settledEntries(expect, record.id, 1);
    expect(entry).toMatchObject({ status: 200, code: "cut", error: "cut", estimated: true, model: "gpt-x" });
    expect(entry?.counts?.output).toBe(20);
  }, 15_000);
});

/** A provider that doesn't answer until it is given up. */
function silentUpstream(): AbortSignal[] {
  const given: AbortSignal[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
    const { promise, reject } = Promise.withResolvers<Response>();
    const signal = init?.signal ?? null;
    if (signal !== null) given.push(signal);
    signal?.addEventListener("abort", () => reject(signal.reason));
    return promise;
  });
  return given;
}

describe("a request that waits for its provider", () => {
  it("is given up when its token dies, if it was granted, and refused as that says", async ({ expect }) => {
    const given = silentUpstream();
    const { secret, record } = await issue({ limits: LIMITS });
    const asked = askAs(secret, CHAT, post());
    await expect.poll(() => given.length).toBe(1);
    await control.apply({ ...record, state: "disabled", version: record.version + 1 });
    const response = await asked;
    expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([401, "unknown_token"]);
    const [entry] = await settledEntries(expect, record.id, 1);
    expect(entry).toMatchObject({ refusedBy: "gateway", code: "unknown_token", estimated: true, ttfbMs: null });
    expect(entry?.counts?.output).toBeGreaterThan(0);
  }, 15_000);

  for (const [kind, limits] of [
    ["without limits", null],
    ["with limits", LIMITS],
  ] as const) {
    it(`is given up with its client, under a token ${kind}: an estimate`, async ({ expect }) => {
      const given = silentUpstream();
      const { secret, record } = await issue({ limits });
      const leave = new AbortController();
      const asked = askAs(secret, CHAT, { ...post(), signal: leave.signal }).catch(() => null);
      await expect.poll(() => given.length).toBe(1);
      leave.abort();
      await asked;
      const [entry] = await settledEntries(expect, record.id, 1);
      expect(entry).toMatchObject({ status: 499, code: "client_gone", error: "clientGone", estimated: true });
      expect(given[0]?.aborted).toBe(true);
    });
  }
});
