import { describe, it } from "vitest";
import { verdictOf } from "../../../../gateway/keys/verdict.ts";
import type { Provider } from "../../../../shared/providers.ts";

const NOW = Date.UTC(2026, 10, 22);
const MINUTE = 60_000;

const error = (message: string, more: object = {}) => JSON.stringify({ error: { message, ...more } });
const google = (...details: object[]) =>
  JSON.stringify({ error: { code: 429, status: "RESOURCE_EXHAUSTED", details } }, null, 2);

/** What an answer with this status, body and headers says of its key. */
const said = (provider: Provider, status: number, body: string, headers: Record<string, string> = {}) =>
  verdictOf(provider, new Response(body, { status, headers }), true, NOW);

describe("a throttled key", () => {
  for (const [name, provider, status, body, headers, forMs] of [
    ["OpenAI, as long as it says", "openai", 429, error("Rate limit reached"), { "retry-after": "7" }, 7_000],
    ["OpenAI, in milliseconds", "openai", 429, error("x"), { "retry-after-ms": "2500", "retry-after": "3" }, 2_500],
    ["OpenAI without a word", "openai", 429, error("Rate limit reached"), {}, 5_000],
    ["OpenAI, not longer than a minute", "openai", 429, error("x"), { "retry-after": "3600" }, MINUTE],
    ["OpenAI, not shorter than a second", "openai", 429, error("x"), { "retry-after": "0" }, 1_000],
    ["OpenAI without money", "openai", 429, error("You exceeded …", { code: "insufficient_quota" }), {}, 5 * MINUTE],
    ["Anthropic", "anthropic", 429, error("rate"), { "retry-after": "12" }, 12_000],
    [
      "Anthropic, by date",
      "anthropic",
      429,
      error("rate"),
      { "retry-after": new Date(NOW + 20_000).toUTCString() },
      20_000,
    ],
    ["Anthropic without money", "anthropic", 402, error("billing"), {}, 5 * MINUTE],
    [
      "Anthropic without money, as it says it",
      "anthropic",
      400,
      error("Your credit balance is too low to access the Anthropic API."),
      {},
      5 * MINUTE,
    ],
    [
      "Gemini, in its body",
      "gemini",
      429,
      google({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "33.5s" }),
      {},
      33_500,
    ],
    [
      "Gemini, its day's quota",
      "gemini",
      429,
      google({ violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] }, { retryDelay: "9s" }),
      {},
      5 * MINUTE,
    ],
  ] as const) {
    it(`is told of ${name}`, async ({ expect }) => {
      expect(await said(provider, status, body, headers)).toMatchObject({ key: "throttled", forMs });
    });
  }

  it("is none of one alone: it is used as before", async ({ expect }) => {
    const answer = new Response(error("Rate limit reached"), { status: 429 });
    expect(await verdictOf("openai", answer, false, NOW)).toBeNull();
  });
});

describe("answers that say nothing of the key", () => {
  for (const [name, provider, status, body] of [
    ["Anthropic's own load", "anthropic", 529, error("Overloaded")],
    [
      "a request that is too large by itself",
      "openai",
      429,
      error("Request too large for gpt-x on tokens per min (TPM): Limit 30000, Requested 31000."),
    ],
    ["an error that quotes the request", "anthropic", 400, error("role: 'Your credit balance is too low'")],
    ["a failure", "openai", 500, error("insufficient_quota")],
    ["a bad request", "gemini", 400, error("contents is not specified")],
    ["a success", "openai", 200, error("insufficient_quota")],
  ] as const) {
    it(`like ${name}`, async ({ expect }) => {
      expect(await said(provider, status, body)).toBeNull();
    });
  }
});

describe("a rejected key", () => {
  it("is told with the provider's words, and the answer can still be read", async ({ expect }) => {
    const answer = new Response(error("Incorrect API key"), { status: 401 });
    expect(await verdictOf("openai", answer, false, NOW)).toEqual({
      key: "rejected",
      text: error("Incorrect API key"),
    });
    expect(await answer.text()).toBe(error("Incorrect API key"));
  });

  it("is one without any words too", async ({ expect }) => {
    expect(await verdictOf("openai", new Response(null, { status: 401 }), false, NOW)).toEqual({
      key: "rejected",
      text: "",
    });
  });

  it("is judged by what came where the answer breaks off", async ({ expect }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"error":{"reason":"API_KEY_INVALID"'));
      },
      pull(controller) {
        controller.error(new Error("gone"));
      },
    });
    const verdict = await verdictOf("gemini", new Response(body, { status: 400 }), false, NOW);
    expect(verdict).toEqual({ key: "rejected", text: '{"error":{"reason":"API_KEY_INVALID"' });
  });
});
