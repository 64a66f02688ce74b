import type { BudgetStanding } from "../../shared/usage.ts";
import type { Notice } from "../../shared/webhooks.ts";

const toTime = (ms: number): string => new Date(ms).toISOString();

/** Money for people and for programs: whole micro-dollars, and the same in dollars. */
function usd(amount: number): { micros: number; usd: string } {
  const micros = Math.round(amount);
  return { micros, usd: (micros / 1_000_000).toFixed(6) };
}

function budgetOf({ unit, per, limit, used, reserved, left, resetsAt, warnAt }: BudgetStanding): object {
  const told = (value: number): unknown => (unit === "usd" ? usd(value) : value);
  return {
    unit,
    per,
    limit: told(limit),
    used: told(used),
    reserved: told(reserved),
    left: told(left),
    resetsAt: resetsAt === null ? null : toTime(resetsAt),
    warnAt,
  };
}

function dataOf(notice: Notice): object {
  if (notice.type === "provider_key.rejected") return { provider: notice.provider, status: notice.status };
  if (notice.type === "token.claimed") return { token: notice.token, country: notice.country };
  if ("budget" in notice) return { token: notice.token, budget: budgetOf(notice.budget) };
  return { token: notice.token };
}

/** The body that a webhook gets, in the form that standardwebhooks.com recommends. */
export const payloadOf = (notice: Notice): string =>
  JSON.stringify({ type: notice.type, timestamp: toTime(notice.at), data: dataOf(notice) });

/** The body of a test. `now`: ms since 1970. */
export const testPayload = (now: number): string => JSON.stringify({ type: "test", timestamp: toTime(now), data: {} });
