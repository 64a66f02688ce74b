import type { ActiveHours, BudgetPeriod, EndpointClass, HolderAction } from "../../shared/policy.ts";
import type { Provider } from "../../shared/providers.ts";
import type { LimitStanding, RateStanding, UsageGroupRow } from "../../shared/usage.ts";
import type { Holder } from "./holder.ts";
import { askGuard, monthOf } from "./told.ts";
import type { Visit } from "./visit.ts";

const MICROS = 1_000_000;

/** How fast a token may go. Times are RFC 3339. */
interface Rate {
  limit: number;
  left: number;
  resetsAt: string;
}

/** A budget; amounts are in US dollars or tokens. */
interface BudgetFacts {
  unit: "usd" | "tokens";
  per: BudgetPeriod;
  limit: number;
  used: number;
  reserved: number;
  left: number;
  /** Null: never. */
  resetsAt: string | null;
}

/** What was used of a model, or of all. */
interface UsedFacts {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  /** US dollars, of what has a known price. */
  usd: number;
  /** Requests that used something without a known price. */
  unpriced: number;
}

/** What a holder may know of their own token. The label, the note and the networks are the owner's words: they stay there. */
export interface HolderFacts {
  token: string;
  /** RFC 3339; null: never. */
  expiresAt: string | null;
  /** When the secret that was shown stops working because it was rotated; null: with the token. */
  secretEndsAt: string | null;
  /** By provider: whether it is set up here, and the models (globs; null: all). */
  providers: Partial<Record<Provider, { configured: boolean; models: string[] | null }>>;
  endpoints: EndpointClass;
  activeHours: ActiveHours | null;
  /** Whether it works from some networks, or countries, alone. */
  boundToNetworks: boolean;
  boundToCountries: boolean;
  holderMay: HolderAction[];
  limits: {
    requestsPerMinute: Rate | null;
    tokensPerMinute: Rate | null;
    concurrency: LimitStanding["concurrency"];
    budgets: BudgetFacts[];
  };
  /** Of this month, UTC. */
  usage: {
    from: string;
    to: string;
    models: ({ provider: Provider | null; model: string } & UsedFacts)[];
    total: UsedFacts;
  };
}

const timeOf = (at: number): string => new Date(at).toISOString();
const timeOrNull = (at: number | null): string | null => (at === null ? null : timeOf(at));

const rateOf = (rate: RateStanding | null): Rate | null =>
  rate === null ? null : { limit: rate.limit, left: rate.left, resetsAt: timeOf(rate.resetsAt) };

function limitsOf(standing: LimitStanding | null): HolderFacts["limits"] {
  const budgets = (standing?.budgets ?? []).map(({ unit, per, limit, used, reserved, left, resetsAt }) => {
    const amount = (value: number): number => (unit === "usd" ? value / MICROS : value);
    return {
      unit,
      per,
      limit: amount(limit),
      used: amount(used),
      reserved: amount(reserved),
      left: amount(left),
      resetsAt: timeOrNull(resetsAt),
    };
  });
  return {
    requestsPerMinute: rateOf(standing?.requestsPerMinute ?? null),
    tokensPerMinute: rateOf(standing?.tokensPerMinute ?? null),
    concurrency: standing?.concurrency ?? null,
    budgets,
  };
}

const usedOf = ({ requests, counts, micros, unpriced }: Omit<UsageGroupRow, "key" | "provider">): UsedFacts => ({
  requests,
  inputTokens: counts.input,
  outputTokens: counts.output,
  usd: micros / MICROS,
  unpriced,
});

/**
 * What a token may do, has used and has left.
 *
 * @throws Refused `token_check_unavailable` where its guard can't be asked
 */
export async function factsFor(holder: Holder, visit: Visit): Promise<HolderFacts> {
  const { record, hash } = holder;
  const { activity, usage } = await askGuard(holder, visit);
  const { providers } = visit.bindings;
  const shown = record.secrets.find((secret) => secret.hash === hash);
  return {
    token: record.id,
    expiresAt: timeOrNull(record.expiresAt),
    secretEndsAt: timeOrNull(shown?.endsAt ?? null),
    providers: Object.fromEntries(
      record.providers.map((provider) => [
        provider,
        { configured: providers[provider].keys.length > 0, models: record.models?.[provider] ?? null },
      ]),
    ),
    endpoints: record.endpoints,
    activeHours: record.activeHours,
    boundToNetworks: record.networks !== null,
    boundToCountries: record.countries !== null,
    holderMay: record.holderMay,
    limits: limitsOf(activity.standing),
    usage: {
      ...monthOf(visit.now),
      models: usage.rows.map((row) => ({ provider: row.provider, model: row.key, ...usedOf(row) })),
      total: usedOf(usage.total),
    },
  };
}
