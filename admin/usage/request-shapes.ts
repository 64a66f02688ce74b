import { z } from "@hono/zod-openapi";
import { BUDGET_PERIODS } from "../../shared/policy.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import {
  type BudgetStanding,
  ERROR_KINDS,
  type LimitStanding,
  type RateStanding,
  type RequestEntry,
  type TokenActivity,
} from "../../shared/usage.ts";
import { time, toTime, toTimeOrNull } from "../api/times.ts";
import { toMicros, toUsd, toUsdOrNull } from "./amounts.ts";
import { countsShape, usdShape } from "./shapes.ts";

// A token's last requests and the standing of its limits, as the JSON API tells them.

/** One of a token's last requests. */
export const requestShape = z
  .object({
    id: z.string(),
    at: time,
    provider: z.enum(PROVIDERS).nullable(),
    route: z.string().nullable(),
    endpoint: z
      .string()
      .nullable()
      .openapi({ description: "Name of the endpoint; null: the gateway knows none of that path." }),
    model: z.string().nullable(),
    status: z.int().openapi({ description: "The HTTP status that the holder saw; 101 for a socket." }),
    refusedBy: z.enum(["gateway", "provider"]).nullable(),
    code: z
      .string()
      .nullable()
      .openapi({ description: "The refusal's code, or how the answer ended; null for a success." }),
    error: z.enum(ERROR_KINDS).nullable(),
    counts: countsShape.nullable(),
    raw: z.record(z.string(), z.number()).openapi({ description: "The provider's own numbers, by their dotted path." }),
    usd: usdShape.nullable().openapi({ description: "US dollars; null: unpriced, or nothing was used." }),
    micros: z.number().nullable(),
    estimated: z.boolean(),
    ttfbMs: z.number().nullable().openapi({ description: "Time to the first byte of the answer, ms." }),
    durationMs: z.number(),
  })
  .openapi("RequestEntry");

/** One of a token's last requests as JSON. */
export function requestJson(entry: RequestEntry): z.output<typeof requestShape> {
  const { id, at, provider, route, endpoint, model, status, refusedBy, code, error } = entry;
  const { counts, raw, micros, estimated, ttfbMs, durationMs } = entry;
  const money = { usd: toUsdOrNull(micros), micros: micros === null ? null : toMicros(micros) };
  const what = { id, at: toTime(at), provider, route, endpoint, model, status, refusedBy, code, error };
  return { ...what, counts, raw, ...money, estimated, ttfbMs, durationMs };
}

const rate = z.object({
  limit: z.number(),
  left: z.number(),
  resetsAt: time.openapi({ description: "When all of it is there again if nothing more comes." }),
});

const budget = z.object({
  unit: z.enum(["usd", "tokens"]).openapi({ description: "What the amounts are in: US dollars or tokens." }),
  per: z.enum(BUDGET_PERIODS),
  limit: z.number(),
  used: z.number(),
  reserved: z.number().openapi({ description: "Held for requests that are on their way." }),
  left: z.number(),
  resetsAt: time.nullable().openapi({ description: "When it begins anew; null: never." }),
  warnAt: z.number().nullable().openapi({ description: "Share of it from which the owner is told; null: never." }),
});

/** How a token's limits stand, and when it was used. */
export const limitsShape = z
  .object({
    limits: z
      .object({
        requestsPerMinute: rate.nullable(),
        tokensPerMinute: rate.nullable(),
        concurrency: z.object({ limit: z.number(), running: z.number(), waiting: z.number() }).nullable(),
        budgets: z.array(budget),
      })
      .nullable()
      .openapi({ description: "Null: the token has none." }),
    firstUsedAt: time.nullable(),
    lastUsedAt: time.nullable(),
  })
  .openapi("TokenLimits");

const rateJson = (one: RateStanding | null) => (one === null ? null : { ...one, resetsAt: toTime(one.resetsAt) });

function budgetJson({ unit, per, limit, used, reserved, left, resetsAt, warnAt }: BudgetStanding) {
  const amount = (value: number): number => (unit === "usd" ? toUsd(value) : value);
  const amounts = { limit: amount(limit), used: amount(used), reserved: amount(reserved), left: amount(left) };
  return { unit, per, ...amounts, resetsAt: toTimeOrNull(resetsAt), warnAt };
}

const standingJson = ({ requestsPerMinute, tokensPerMinute, concurrency, budgets }: LimitStanding) => ({
  requestsPerMinute: rateJson(requestsPerMinute),
  tokensPerMinute: rateJson(tokensPerMinute),
  concurrency,
  budgets: budgets.map(budgetJson),
});

/** How a token's limits stand, as JSON. */
export function limitsJson({ standing, firstUsedAt, lastUsedAt }: TokenActivity): z.output<typeof limitsShape> {
  const limits = standing === null ? null : standingJson(standing);
  return { limits, firstUsedAt: toTimeOrNull(firstUsedAt), lastUsedAt: toTimeOrNull(lastUsedAt) };
}
