import { z } from "@hono/zod-openapi";
import { BUDGET_PERIODS } from "../../shared/policy.ts";
import type { ListedToken } from "../registry/types.ts";
import { toUsd } from "../usage/amounts.ts";
import { tokenJson, tokenShape } from "./shapes.ts";
import { time, toTimeOrNull } from "./times.ts";

const amount = z.number();

const useShape = z
  .object({
    requests: z.int().openapi({ description: "Since ever." }),
    usd: amount.openapi({ description: "Since ever, of what has a price." }),
  })
  .openapi("TokenUse");

const standingShape = z
  .object({
    unit: z.enum(["usd", "tokens"]),
    per: z.enum(BUDGET_PERIODS),
    limit: amount,
    used: amount.openapi({ description: "Used, and held for requests that were on their way." }),
    resetsAt: time.nullable().openapi({ description: "Null: never, or nothing of it is used." }),
  })
  .openapi("BudgetUse");

/** A token in the list. */
export const listedShape = tokenShape
  .extend({
    lastUsedAt: time.nullable().openapi({ description: "When it was last used; null: never, or that isn't known." }),
    use: useShape.nullable().openapi({ description: "Null: never used, or that isn't known." }),
    budgets: z.array(standingShape).openapi({ description: "How its budgets stand, the fullest first." }),
  })
  .openapi("ListedToken");

/** A token in the list as JSON. */
export function listedJson({ use, budgets, ...token }: ListedToken): z.output<typeof listedShape> {
  return {
    ...tokenJson(token),
    lastUsedAt: toTimeOrNull(use?.lastUsedAt ?? null),
    use: use === null ? null : { requests: use.requests, usd: toUsd(use.micros) },
    budgets: budgets.map(({ unit, per, limit, used, resetsAt }) => {
      const [whole, part] = unit === "usd" ? [toUsd(limit), toUsd(used)] : [limit, used];
      return { unit, per, limit: whole, used: part, resetsAt: toTimeOrNull(resetsAt) };
    }),
  };
}
