import { calcPrice } from "@pydantic/genai-prices";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { builtIn, ratesAt } from "../../../../gateway/pricing/built-in.ts";
import type { BuiltRow } from "../../../../gateway/pricing/data.ts";
import { PROVIDERS } from "../../../../shared/providers.ts";
import { costs, MILLION, NOW } from "../../support/pricing.ts";

const NAMES = { openai: "openai", anthropic: "anthropic", gemini: "google" } as const;
const nameOf = ({ match, id }: BuiltRow): string => {
  const rule = match.flat().find((one) => one.startsWith("=")) ?? match.flat().find((one) => /^[\^*$]/.test(one));
  return rule?.slice(1) ?? id;
};

// The package's own calculation, in floating point, over the same data: ours must be the same, to the last digit it can have.
describe("the package's own calculation", () => {
  const models = PROVIDERS.flatMap((provider) => builtIn().models[provider].map((row) => ({ provider, row })));

  it("comes to the same for every model and all kinds of tokens that it has prices for", ({ expect }) => {
    const part = fc.nat(60_000);
    const made = fc.record({
      plain: part,
      read: part,
      write: part,
      long: part,
      audio: part,
      image: part,
      out: part,
      heard: part,
      seen: part,
    });
    let compared = 0;
    fc.assert(
      fc.property(fc.constantFrom(...models), made, fc.nat(5), ({ provider, row }, found, searches) => {
        const rates = ratesAt(row, NOW);
        if (rates.input === undefined || rates.inputImage === null || Object.values(rates).every((rate) => rate === 0))
          return;
        const kept = (name: keyof typeof rates, count: number) => (rates[name] === undefined ? 0 : count);
        const [read, write] = [kept("cacheRead", found.read), kept("cacheWrite", found.write)];
        const [long, audio] = [kept("cacheWriteLong", found.long), kept("inputAudio", found.audio)];
        const [image, output] = [kept("inputImage", found.image), kept("output", found.out)];
        const webSearches = kept("thousandSearches", searches);
        const [cacheReadAudio, cacheReadImage] = [
          kept("cacheReadAudio", found.heard),
          kept("cacheReadImage", found.seen),
        ];
        const counts = {
          input: found.plain + read + write + long + audio + image + cacheReadAudio + cacheReadImage,
          cacheRead: read + cacheReadAudio + cacheReadImage,
          cacheWrite: write,
          cacheWriteLong: long,
          inputAudio: audio + cacheReadAudio,
          inputImage: image + cacheReadImage,
          cacheReadAudio,
          cacheReadImage,
          output,
          webSearches,
        };
        const theirs = calcPrice(
          {
            input_tokens: counts.input,
            cache_read_tokens: counts.cacheRead,
            cache_audio_read_tokens: cacheReadAudio,
            cache_image_read_tokens: cacheReadImage,
            cache_write_tokens: write + long,
            ...(rates.cacheWriteLong !== undefined && { cache_write_1h_tokens: long }),
            input_audio_tokens: counts.inputAudio,
            input_image_tokens: counts.inputImage,
            output_tokens: output,
            web_searches: webSearches,
          },
          nameOf(row),
          { providerId: NAMES[provider], timestamp: new Date(NOW) },
        );
        const ours = costs(provider, nameOf(row), counts);
        expect(theirs, nameOf(row)).not.toBeNull();
        expect(Math.abs((ours ?? Number.NaN) - (theirs?.total_price ?? 0) * MILLION), nameOf(row)).toBeLessThan(0.002);
        compared++;
      }),
      { numRuns: 3_000 },
    );
    expect(compared).toBeGreaterThan(2_000);
  });
});
