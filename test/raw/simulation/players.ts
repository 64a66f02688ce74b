import type { Limits } from "../../../shared/policy.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { generateToken, newTokenId } from "../../../shared/token.ts";
import { recordOf } from "../record.ts";
import type { Player } from "./clients.ts";

const limits = (change: Partial<Limits>): Limits => ({
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  queueSeconds: 2,
  budgets: [],
  ...change,
});

/** The limits in play: some that bind at once, some later, some never. */
export const LIMITS: readonly (Limits | null)[] = [
  ...[0.01, 0.03, 0.1, 0.2, 0.5].map((usd) => limits({ budgets: [{ usd, per: "total", warnAt: 0.8 }] })),
  limits({ budgets: [{ usd: 100, per: "day", warnAt: null }] }),
  limits({ budgets: [{ tokens: 20_000, per: "month", warnAt: null }] }),
  limits({
    budgets: [
      { tokens: 100_000, per: "hour", warnAt: null },
      { usd: 0.2, per: "week", warnAt: 0.5 },
    ],
  }),
  limits({ concurrency: 2 }),
  limits({ concurrency: 5, queueSeconds: 0 }),
  limits({ requestsPerMinute: 100 }),
  limits({ tokensPerMinute: 30_000 }),
  limits({ concurrency: 3, requestsPerMinute: 300, budgets: [{ usd: 0.3, per: "total", warnAt: null }] }),
  null,
  null,
  null,
];

/** A token in play, and its record. */
export async function playerOf(limit: Limits | null): Promise<{ player: Player; record: TokenRecord }> {
  const id = newTokenId();
  const secret = generateToken(id);
  const record = await recordOf(id, secret, { providers: ["openai", "anthropic"], limits: limit });
  return { player: { id, secret }, record };
}
