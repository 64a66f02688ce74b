import * as fc from "fast-check";
import { describe, it } from "vitest";
import type { BodyKind } from "../../../../gateway/endpoints.ts";
import { builtIn } from "../../../../gateway/pricing/built-in.ts";
import { makePrices } from "../../../../gateway/pricing/prices.ts";
import { PROVIDERS, type Provider } from "../../../../shared/providers.ts";
import { noCounts, type UsageCounts } from "../../../../shared/usage.ts";
import { callOf, endpointOf, ownPrice, usageOf } from "../../support/pricing.ts";

function splitOf(total: number, shares: readonly number[]): number[] {
  let left = total;
  return shares.map((share) => {
    const taken = Math.floor(left * share);
    left -= taken;
    return taken;
  });
}

function countsOf(input: number, output: number, shares: readonly number[]): UsageCounts {
  const split = splitOf(input, shares.slice(0, 7));
  const [heard = 0, seen = 0, read = 0, write = 0, long = 0, audio = 0, image = 0] = split;
  const [outputAudio = 0, outputImage = 0, reasoning = 0] = splitOf(output, shares.slice(7, 10));
  return {
    ...noCounts(),
    input,
    cacheRead: read + heard + seen,
    cacheWrite: write,
    cacheWriteLong: long,
    inputAudio: audio + heard,
    inputImage: image + seen,
    cacheReadAudio: heard,
    cacheReadImage: seen,
    output,
    reasoning,
    outputAudio,
    outputImage,
  };
}

// What a call within its bounds may turn out to be, by what is known of providers: text of at most a token a byte, images of
// at most 1,600 tokens, a preamble; any of it cached, written, heard or seen; any output up to the bound.
describe("a call, whatever it turns out to be,", () => {
  const models = PROVIDERS.flatMap((provider) =>
    builtIn().models[provider].map((row) => ({ provider, model: row.id, context: row.context ?? 8_000 })),
  );
  const owners = [
    ownPrice("own-*", {
      usdPerMillion: { input: 0.123456, output: 3, cacheWrite: 9, outputAudio: 100 },
      usdPerRequest: 0.001,
    }),
    ownPrice("own-*", { provider: "anthropic" }),
  ];
  const all = [
    ...models,
    { provider: "openai" as const, model: "own-model", context: 100_000 },
    { provider: "anthropic" as const, model: "own-model", context: 100_000 },
  ];
  const prices = makePrices(owners);
  // Mostly all or nothing: that is where a bound breaks.
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  );
  const parts = fc.array(part, { minLength: 16, maxLength: 16 });
  const TIERS: Record<Provider, string[]> = {
    openai: ["priority", "flex", "batch", "default"],
    anthropic: ["standard", "batch", "us", "standard us"],
    gemini: ["priority", "flex", "standard"],
  };

  it("uses and costs no more than the estimate", ({ expect }) => {
    let priced = 0;
    const body = fc.constantFrom<BodyKind>("chat", "responses", "messages", "generate", "interactions", "embeddings");
    const made = fc.record({
      one: fc.constantFrom(...all),
      bytes: fc.nat(600_000),
      images: fc.nat(20),
      unseen: fc.boolean(),
      bound: fc.option(fc.nat(100_000)),
      tier: fc.nat(),
      looked: fc.boolean(),
      later: fc.nat(20 * 60 * 60 * 1000),
      body,
      shares: parts,
    });
    fc.assert(
      fc.property(made, ({ one, bytes, images, unseen, bound, tier, looked, later, body, shares }) => {
        const { provider, model, context } = one;
        const served = TIERS[provider][tier % TIERS[provider].length] ?? null;
        const call = callOf(model, {
          endpoint: endpointOf(body),
          input: { bytes, images, unseen },
          outputBound: bound,
          ...(looked && { tier: served }),
        });
        if (!looked) delete call.tier;
        const now = Date.parse("2026-12-31T10:00:00Z");
        const found = prices.estimate(call, provider, now);
        const [text = 0, size = 0, added = 0, hidden = 0, out = 0] = shares.slice(10, 15);
        const visible = bytes * text + images * 1_600 * size + 800 * added;
        const limit = body === "embeddings" ? Infinity : context;
        const input = Math.floor(Math.min(limit, unseen ? Math.max(visible, context * hidden) : visible));
        const most = Math.min(bound ?? 4_096, context);
        const output = body === "embeddings" ? 0 : Math.floor(most * out);
        const usage = usageOf(countsOf(input, output, shares), { tier: served });
        const cost = prices.cost(usage, provider, model, now + later);
        expect(found.tokens, model).toBeGreaterThanOrEqual(input + output);
        if (found.micros === null || cost === null) return;
        expect(found.micros, model).toBeGreaterThanOrEqual(cost);
        priced++;
      }),
      { numRuns: 5_000 },
    );
    expect(priced).toBeGreaterThan(1_000);
  });
});
