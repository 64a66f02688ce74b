import { z } from "@hono/zod-openapi";
import type { ListedPrice, ModelPrice } from "../../shared/prices.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import { MAX_PRICES } from "../registry/prices.ts";
import { expecting, input, provider, text } from "./fields.ts";

// The owner's prices, as the API and the console take them, and all prices as the API tells them.

const MAX_USD = 1_000_000;
const MAX_TOKENS = 1_000_000_000;
const MAX_MODEL = 200;

const hasSixDecimals = (value: number): boolean => Math.abs(value * 1e6 - Math.round(value * 1e6)) < 1e-3;

const usd = z
  .number(expecting("an amount of US dollars, like 1.25"))
  .min(0, "A price can't be negative.")
  .max(MAX_USD, `A price is at most ${MAX_USD} US dollars.`)
  .refine(hasSixDecimals, "A price has at most six decimals.");
const usdOrNone = usd.nullable().default(null);
const tokensOrNone = z
  .int(expecting("a whole number of tokens"))
  .min(1, "This has to be 1 or more.")
  .max(MAX_TOKENS, `This has to be at most ${MAX_TOKENS}.`)
  .nullable()
  .default(null);

const model = text()
  .trim()
  .min(1, "Name a model.")
  .max(MAX_MODEL, `A model's name has at most ${MAX_MODEL} characters.`)
  .regex(/^[!-~]*$/, "A model's name has no spaces, and no characters beyond ASCII.")
  .openapi({ description: "A name, or a glob: `*` any characters, `?` one.", example: "gpt-live-1*" });

const rates = input({
  input: usd,
  output: usd,
  cacheRead: usd.optional(),
  cacheWrite: usd.optional(),
  cacheWriteLong: usd.optional(),
  inputAudio: usd.optional(),
  cacheReadAudio: usd.optional(),
  inputImage: usd.optional(),
  cacheReadImage: usd.optional(),
  outputAudio: usd.optional(),
  outputImage: usd.optional(),
});

/** One of the owner's prices. */
export const modelPrice = input({
  provider,
  model,
  usdPerMillion: rates.openapi({ description: "US dollars for a million tokens." }),
  usdPerRequest: usdOrNone,
  usdPerAudioMinute: usdOrNone.openapi({ description: "Where audio is billed by time." }),
  maxOutputTokens: tokensOrNone.openapi({ description: "The most that one answer can have." }),
  contextTokens: tokensOrNone.openapi({ description: "The most that it can take in." }),
})
  // What isn't there is no field at all, so that two equal prices look the same.
  .transform(({ usdPerMillion, ...rest }): ModelPrice => {
    const there = Object.entries(usdPerMillion).filter(([, price]) => price !== undefined);
    return { ...rest, usdPerMillion: { input: 0, output: 0, ...Object.fromEntries(there) } };
  })
  .openapi("ModelPrice");

/** All of the owner's prices. */
export const pricesInput = input({
  prices: z
    .array(modelPrice, expecting("a list of prices"))
    .max(MAX_PRICES, `There are at most ${MAX_PRICES} prices. One with a glob can stand for many models.`)
    .superRefine((prices, context) => {
      const seen = new Set<string>();
      prices.forEach(({ provider, model }, index) => {
        const name = `${provider} ${model.toLowerCase()}`;
        if (seen.has(name)) {
          context.addIssue({
            code: "custom",
            path: [index, "model"],
            message: "This model has a price above already.",
          });
        }
        seen.add(name);
      });
    }),
}).openapi("OwnerPrices");

const amounts = z.record(z.string(), z.number()).openapi({ description: "US dollars for a million tokens, by kind." });
const priceShape = z.object({
  provider: z.enum(PROVIDERS),
  model: z.string(),
  usdPerMillion: amounts,
  usdPerRequest: z.number().nullable(),
  usdPerAudioMinute: z.number().nullable(),
  maxOutputTokens: z.int().nullable(),
  contextTokens: z.int().nullable(),
});
const listedShape = priceShape.extend({
  above: z
    .object({ inputTokens: z.int(), usdPerMillion: amounts })
    .nullable()
    .openapi({ description: "What a whole call costs whose input is longer than this; null: the same." }),
});

/** The owner's prices as JSON. */
export const ownShape = z
  .object({
    prices: z.array(priceShape).openapi({ description: "They come before the built-in ones, in this order." }),
    pending: z.boolean().openapi({ description: "Whether the gateway may not know the newest ones yet." }),
  })
  .openapi("OwnPrices");

/** All prices as JSON. */
export const allPricesShape = z
  .object({
    own: ownShape,
    builtIn: z
      .object({
        date: z.iso.date().openapi({ description: "Day of the data." }),
        source: z.string(),
        prices: z.array(listedShape),
      })
      .nullable()
      .openapi({ description: "Null where the gateway doesn't answer." }),
  })
  .openapi("Prices");

/** A price as JSON, with the fields that the API tells. */
export const listedJson = (price: ListedPrice): z.output<typeof listedShape> => ({
  ...price,
  usdPerMillion: { ...price.usdPerMillion },
  above: price.above === null ? null : { ...price.above, usdPerMillion: { ...price.above.usdPerMillion } },
});

/** One of the owner's prices as JSON. */
export const ownJson = (price: ModelPrice): z.output<typeof priceShape> => ({
  ...price,
  usdPerMillion: { ...price.usdPerMillion },
});
