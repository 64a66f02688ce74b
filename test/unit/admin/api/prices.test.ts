import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it } from "vitest";
import { PRICES_KEY } from "../../../../shared/prices.ts";
import { breakDelivery, Owner, PASSWORD, type ProblemBody, ringDue, sendWith } from "../../support/admin.ts";

interface Price {
  provider: string;
  model: string;
  usdPerMillion: Record<string, number>;
}
interface Own {
  prices: Price[];
  pending: boolean;
}
interface All {
  own: Own;
  builtIn: { date: string; source: string; prices: (Price & { above: object | null })[] } | null;
}

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const price = (model: string, more: Record<string, unknown> = {}) => ({
  provider: "openai",
  model,
  usdPerMillion: { input: 1.25, output: 10 },
  ...more,
});
const WHOLE = { usdPerRequest: null, usdPerAudioMinute: null, maxOutputTokens: null, contextTokens: null };
const put = <T = Own>(prices: unknown) => owner.send<T>("PUT", "/api/prices", { prices });
const read = async () => (await owner.send<All>("GET", "/api/prices")).body;
interface Entry {
  action: string;
  changes: Record<string, { before: unknown; after: unknown }>;
}
const audit = async () =>
  (await owner.send<{ entries: Entry[] }>("GET", "/api/audit")).body.entries.filter(
    ({ action }) => action === "prices.update",
  );

describe("GET /api/prices", () => {
  it("tells the built-in prices with their day, and that the owner has none", async ({ expect }) => {
    const { own, builtIn } = await read();
    expect(own).toEqual({ prices: [], pending: false });
    expect(builtIn?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(builtIn?.source).toMatch(/^@pydantic\/genai-prices \d/);
    expect(builtIn?.prices.find(({ model }) => model === "gemini-2.5-pro")).toMatchObject({
      provider: "gemini",
      usdPerMillion: { input: 1.25, output: 10 },
      above: { inputTokens: 200_000, usdPerMillion: { input: 2.5, output: 15 } },
    });
  });

  it("tells the owner's where the gateway doesn't answer", async ({ expect }) => {
    await put([price("gpt-live-1")]);
    const bindings = { GATEWAY: { builtInPrices: () => Promise.reject(new Error("gone")) }, ADMIN_SECRET: PASSWORD };
    const headers = { authorization: `Bearer ${owner.jwt}` };
    const { body } = await sendWith<All>(bindings, "GET", "/api/prices", { headers });
    expect([body.builtIn, body.own.prices.map(({ model }) => model)]).toEqual([null, ["gpt-live-1"]]);
  });
});

describe("PUT /api/prices", () => {
  it("replaces the owner's prices, and stores them in KV for the gateway", async ({ expect }) => {
    await put([price("old")]);
    const rows = [
      price("gpt-live-1*", { usdPerRequest: 0.01, maxOutputTokens: 4_096 }),
      price("own", { provider: "gemini" }),
    ];
    const answer = await put(rows);
    expect(answer.status).toBe(200);
    const prices = rows.map((row) => ({ ...WHOLE, ...row }));
    expect(answer.body).toEqual({ prices, pending: false });
    expect((await read()).own).toEqual({ prices, pending: false });
    expect(await env.TOKENS.get(PRICES_KEY, "json")).toEqual({ schema: 1, prices });
  });

  it("takes back what it told", async ({ expect }) => {
    const { prices } = (await put([price("a", { usdPerMillion: { input: 0.000001, output: 0, outputAudio: 64 } })]))
      .body;
    expect((await put(prices)).body.prices).toEqual(prices);
  });

  it("says so while KV doesn't take them, and goes on until it does", async ({ expect }) => {
    await breakDelivery({ put: () => Promise.reject(new Error("KV is down")) });
    expect((await put([price("a")])).body.pending).toBe(true);
    await breakDelivery({ put: (key, value) => env.TOKENS.put(key, value) });
    await ringDue();
    expect((await read()).own.pending).toBe(false);
    expect(await env.TOKENS.get(PRICES_KEY, "json")).toMatchObject({ prices: [{ model: "a" }] });
  });

  it("is written into the audit log, with what changed alone", async ({ expect }) => {
    await put([price("a"), price("b")]);
    await put([price("b"), price("a", { usdPerMillion: { input: 2, output: 10 } }), price("c")]);
    await put([price("b"), price("a", { usdPerMillion: { input: 2, output: 10 } }), price("c")]);
    const [second, first, ...more] = await audit();
    expect(more).toEqual([]);
    expect(Object.keys(first?.changes ?? {})).toEqual(["openai a", "openai b"]);
    expect(second?.changes).toEqual({
      "openai a": { before: "input 1.25, output 10", after: "input 2, output 10" },
      "openai c": { before: null, after: "input 1.25, output 10" },
      order: { before: ["openai a", "openai b"], after: ["openai b", "openai a"] },
    });
  });

  for (const [what, prices, errors] of [
    ["no list", "x", [["prices", "This has to be a list of prices."]]],
    ["no price", [{ provider: "openai", model: "a" }], [["prices.0.usdPerMillion", "Send one JSON object."]]],
    [
      "one amount",
      [price("a"), price("b", { usdPerMillion: { input: -1 } })],
      [
        ["prices.1.usdPerMillion.input", "A price can't be negative."],
        ["prices.1.usdPerMillion.output", "This field is missing."],
      ],
    ],
    [
      "text",
      [price("a", { usdPerRequest: "free" })],
      [["prices.0.usdPerRequest", "This has to be an amount of US dollars, like 1.25."]],
    ],
    [
      "too fine a price",
      [price("a", { usdPerMillion: { input: 0.0000001, output: 0 } })],
      [["prices.0.usdPerMillion.input", "A price has at most six decimals."]],
    ],
    [
      "an unknown kind",
      [price("a", { usdPerMillion: { input: 1, output: 1, video: 1 } })],
      [["prices.0.usdPerMillion.video", "There is no such field; leave it out."]],
    ],
    [
      "an unknown provider",
      [price("a", { provider: "azure" })],
      [["prices.0.provider", "This has to be one of openai, anthropic, gemini."]],
    ],
    ["no model", [price("  ")], [["prices.0.model", "Name a model."]]],
    [
      "a name with a space",
      [price("gpt 5")],
      [["prices.0.model", "A model's name has no spaces, and no characters beyond ASCII."]],
    ],
    [
      "half a token",
      [price("a", { contextTokens: 1.5 })],
      [["prices.0.contextTokens", "This has to be a whole number of tokens."]],
    ],
    ["one model twice", [price("a"), price("A")], [["prices.1.model", "This model has a price above already."]]],
    [
      "too many",
      Array.from({ length: 251 }, (_, index) => price(`m${index}`)),
      [["prices", "There are at most 250 prices. One with a glob can stand for many models."]],
    ],
  ] as const) {
    it(`refuses ${what}, and names the field`, async ({ expect }) => {
      const answer = await put<ProblemBody>(prices);
      expect(answer.status).toBe(400);
      expect(answer.body.errors?.map(({ field, message }) => [field, message])).toEqual(errors);
      expect((await read()).own.prices).toEqual([]);
    });
  }
});
