import { z } from "@hono/zod-openapi";
import { BUDGET_PERIODS, ENDPOINT_CLASSES, HOLDER_ACTIONS, WEEKDAYS } from "../../shared/policy.ts";
import { PROVIDERS } from "../../shared/providers.ts";

// What the JSON API answers of policies.

const amountOrNull = z.number().nullable();

const budgetShape = z
  .object({
    usd: z.number().optional(),
    tokens: z.number().optional(),
    per: z.enum(BUDGET_PERIODS),
    warnAt: amountOrNull.openapi({ description: "The share from which the owner is told; null: never." }),
  })
  .openapi("Budget", { description: "`usd` or `tokens` is there, never both." });

/** The fields of a policy. */
export const policyShape = {
  models: z.partialRecord(z.enum(PROVIDERS), z.array(z.string())).nullable(),
  endpoints: z.enum(ENDPOINT_CLASSES),
  activeHours: z
    .object({
      timeZone: z.string(),
      windows: z.array(z.object({ days: z.array(z.enum(WEEKDAYS)), from: z.string(), to: z.string() })),
    })
    .nullable(),
  networks: z.array(z.string()).nullable(),
  countries: z.array(z.string()).nullable(),
  limits: z
    .object({
      requestsPerMinute: amountOrNull,
      tokensPerMinute: amountOrNull,
      concurrency: amountOrNull,
      queueSeconds: z.number(),
      budgets: z.array(budgetShape),
    })
    .nullable(),
  allowUnpriced: z.boolean(),
  holderMay: z.array(z.enum(HOLDER_ACTIONS)),
};
