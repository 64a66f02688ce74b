import { z } from "@hono/zod-openapi";
import type { KeyCheck, KeyFacts, ProviderFacts } from "../../shared/control.ts";
import { KEY_SECRETS, type Provider } from "../../shared/providers.ts";
import { time, toTime, toTimeOrNull } from "../api/times.ts";

// Providers and their keys, as the API tells them: never a key, a part of one, or an address.

const maybe = (description: string) => time.nullable().openapi({ description });
const fingerprint = z.string().openapi({ description: "Tells a key from the others; says nothing of its text." });
const place = z.int().openapi({ description: "Where it stands in the gateway's secret, the first being 1." });
const code = z.string().nullable().openapi({ description: "The provider's own name of the error." });

const keyShape = z.object({
  fingerprint,
  place,
  rejectedAt: maybe("When the provider last rejected it; null while it accepts it, as far as is known."),
  throttledUntil: maybe("Until when it had no more to give; mostly past. Null: never, as far as is known."),
  lastUsedAt: maybe("When it last served a request, exact to 10 minutes; null: not yet."),
  lastError: z
    .object({ at: time, status: z.int(), code })
    .nullable()
    .openapi({ description: "The last answer that was about the key. It stays after the key is accepted again." }),
});

/** A provider. */
export const providerShape = z
  .object({
    configured: z.boolean(),
    secret: z.string().openapi({ description: "The gateway's secret that holds the keys.", example: "OPENAI_API_KEY" }),
    rejectedAt: maybe("When one of the keys was last rejected; null while all are accepted."),
    overridden: z.boolean().openapi({ description: "Whether a var of the gateway leads its traffic elsewhere." }),
    unusable: z.array(z.int()).openapi({ description: "Where keys stand that no HTTP header can carry." }),
    keys: z.array(keyShape).openapi({ description: "In the order of the secret." }),
  })
  .openapi("Provider");

/** A key after a look at it. */
export const checkShape = z
  .object({
    fingerprint,
    place,
    result: z
      .enum(["ok", "rejected", "throttled", "failed", "unreachable"])
      .openapi({ description: "`failed`: another error; `unreachable`: no answer within 10 s." }),
    status: z.int().nullable().openapi({ description: "HTTP status; null: there was no answer." }),
    code,
    ms: z.int().openapi({ description: "Until the answer began." }),
  })
  .openapi("KeyCheck");

const keyJson = ({ lastError, ...key }: KeyFacts): z.output<typeof keyShape> => ({
  fingerprint: key.fingerprint,
  place: key.place,
  rejectedAt: toTimeOrNull(key.rejectedAt),
  throttledUntil: toTimeOrNull(key.throttledUntil),
  lastUsedAt: toTimeOrNull(key.lastUsedAt),
  lastError: lastError === null ? null : { ...lastError, at: toTime(lastError.at) },
});

/** A provider as JSON. */
export function providerJson(provider: Provider, facts: ProviderFacts): z.output<typeof providerShape> {
  const { configured, overridden, unusable } = facts;
  return {
    configured,
    secret: KEY_SECRETS[provider],
    rejectedAt: toTimeOrNull(facts.rejectedAt),
    overridden,
    unusable: [...unusable],
    keys: facts.keys.map(keyJson),
  };
}

/** A key after a look at it, as JSON. */
export const checkJson = (check: KeyCheck): z.output<typeof checkShape> => ({ ...check });
