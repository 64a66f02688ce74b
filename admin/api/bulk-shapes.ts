import { z } from "@hono/zod-openapi";
import type { BulkReport } from "../registry/bulk-types.ts";
import { BULK_ACTIONS } from "./bulk-schemas.ts";
import { time, toTime, toTimeOrNull } from "./times.ts";

const count = z.int();

/** An action on many tokens. */
export const bulkShape = z
  .object({
    id: z.string().openapi({ description: "Stands in the audit line of each token as `bulk`." }),
    action: z.enum(BULK_ACTIONS),
    expiresAt: time.nullable().optional(),
    days: count.optional(),
    policy: z.object({ id: z.string(), name: z.string() }).nullable().optional(),
    total: count,
    done: count,
    skipped: count.openapi({ description: "Left as they were: there was nothing to do." }),
    failed: count,
    stopped: count.openapi({ description: "Not come to: it was stopped." }),
    reasons: z
      .record(z.string(), count)
      .openapi({ description: "Why tokens were skipped or failed, and how many of them." }),
    startedAt: time,
    endedAt: time.nullable().openapi({ description: "Null: it is on its way." }),
  })
  .openapi("Bulk");

type BulkJson = z.output<typeof bulkShape>;

function actionJson({ action, policyName }: BulkReport): Pick<BulkJson, "action" | "expiresAt" | "days" | "policy"> {
  switch (action.kind) {
    case "extendTo":
      return { action: "extend", expiresAt: toTimeOrNull(action.at) };
    case "extendBy":
      return { action: "extend", days: action.days };
    case "policy":
      return {
        action: "policy",
        policy: action.policy === null ? null : { id: action.policy, name: policyName ?? "" },
      };
    default:
      return { action: action.kind };
  }
}

/** An action on many tokens as JSON. */
export function bulkJson(report: BulkReport): BulkJson {
  const { id, total, done, skipped, failed, stopped, reasons, startedAt, endedAt } = report;
  const counts = { total, done, skipped, failed, stopped, reasons };
  return { id, ...actionJson(report), ...counts, startedAt: toTime(startedAt), endedAt: toTimeOrNull(endedAt) };
}
