import type { Provider } from "./providers.ts";
import type { BudgetPeriod } from "./policy.ts";

/**
 * What is counted of a call. Parts are within their whole: `input` holds `cacheRead`, `cacheWrite`, `cacheWriteLong`,
 * `inputAudio` and `inputImage`; `inputAudio` holds `cacheReadAudio`; `output` holds `reasoning`, `outputAudio` and `outputImage`.
 */
export const COUNT_NAMES = [
  "input",
  "cacheRead",
  /** Written to a prompt cache for minutes. */
  "cacheWrite",
  /** Written to a prompt cache for an hour or longer. */
  "cacheWriteLong",
  "inputAudio",
  "inputImage",
  "cacheReadAudio",
  "cacheReadImage",
  "output",
  "reasoning",
  "outputAudio",
  "outputImage",
  /** Searches that the provider made and bills apart. */
  "webSearches",
  /** Of audio that is billed by time. */
  "audioSeconds",
] as const;
/** Something that is counted of a call. */
export type CountName = (typeof COUNT_NAMES)[number];
/** Counts of a call or of many: tokens, but for `webSearches` and `audioSeconds`. */
export type UsageCounts = Record<CountName, number>;

const NO_COUNTS = Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as UsageCounts;

/** Counts of nothing. A new object each time, to add to. */
export const noCounts = (): UsageCounts => ({ ...NO_COUNTS });

/** Tokens that rates and budgets count: input and output together. */
export const tokensOf = ({ input, output }: Pick<UsageCounts, "input" | "output">): number => input + output;

/** What one call used. */
export interface Usage {
  counts: UsageCounts;
  /** True where the provider reported nothing, or not all: the client left, or the answer was cut. */
  estimated: boolean;
  /** The model that served it, as the provider named it; null where it named none. */
  model: string | null;
  /**
   * The provider's words for its price class, parted by spaces: `batch`, `flex`, `priority`, `standard`; `fast` for
   * Anthropic's `speed`, `us` for its `inference_geo`. Null where it said none.
   */
  tier: string | null;
  /** The provider's own numbers, by their dotted path, e.g. `completion_tokens_details.reasoning_tokens`. At most 40. */
  raw: Record<string, number>;
}

/** Why a request was no success. `limit`, `policy` and `gateway` are Doppelgate's own. */
export const ERROR_KINDS = [
  /** A limit of the token: rate, concurrency, budget. */
  "limit",
  /** The token isn't for that: provider, model, endpoint, hours, network. */
  "policy",
  /** The gateway itself, or what it needs (its key, the provider's reachability). */
  "gateway",
  /** 429 and 529 of the provider. */
  "providerBusy",
  /** Another 4xx of the provider. */
  "providerRefused",
  /** A 5xx of the provider, or an answer that broke off. */
  "providerFailed",
  /** The client left before the end. */
  "clientGone",
  /** The token died while the answer was on its way. */
  "cut",
] as const;
/** A kind of failure. */
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One of a token's last requests. Never bodies, never secrets. */
export interface RequestEntry {
  /** Of the permit; names this request in log lines. */
  id: string;
  /** When it came, ms since 1970. */
  at: number;
  provider: Provider | null;
  route: string | null;
  /** Name of the endpoint (`gateway/endpoints.ts`); null: one that the table doesn't know. */
  endpoint: string | null;
  model: string | null;
  /** HTTP status that the holder saw; 101 for a socket. */
  status: number;
  refusedBy: "gateway" | "provider" | null;
  /** The refusal's code, or how the answer ended; null for a success. */
  code: string | null;
  error: ErrorKind | null;
  counts: UsageCounts | null;
  raw: Record<string, number>;
  /** USD micro-dollars; null: unpriced, or nothing was used. */
  micros: number | null;
  estimated: boolean;
  /** Time to the first byte of the answer, ms; null where there was none. */
  ttfbMs: number | null;
  durationMs: number;
}

/** A token's usage of one day and model. */
export interface UsageRow {
  tokenId: string;
  /** `YYYY-MM-DD`, UTC. */
  day: string;
  provider: Provider;
  /** Empty where no model was named. */
  model: string;
  requests: number;
  errors: Record<ErrorKind, number>;
  counts: UsageCounts;
  /** USD micro-dollars, of what has a price. */
  micros: number;
  /** Requests that used something without a known price. */
  unpriced: number;
  /** Requests whose usage is an estimate. */
  estimated: number;
  /** Sum over `timed` requests, ms. */
  ttfbMs: number;
  timed: number;
  /** Sum over all requests, ms. */
  durationMs: number;
}

/** How usage is put together. */
export type UsageGroup = "day" | "token" | "model" | "provider";

/** Which usage to tell. */
export interface UsageQuery {
  /** A token id; null: of all. */
  tokenId: string | null;
  /** First and last day, `YYYY-MM-DD`, UTC, both included. */
  from: string;
  to: string;
  group: UsageGroup;
  /** Of tokens, those with the most money, then the most requests: 1–1,000 of them. Left out: 1,000, added up at once. */
  top?: number;
}

/** Usage of one group: a day, token id, model or provider. */
export type UsageGroupRow = Omit<UsageRow, "tokenId" | "day" | "provider" | "model"> & {
  key: string;
  /** Set where the group is of models; a model's name may be of two providers. */
  provider: Provider | null;
};

/** Usage as told. */
export interface UsageReport {
  rows: UsageGroupRow[];
  total: Omit<UsageGroupRow, "key" | "provider">;
  /** What is told is complete up to here, ms since 1970, but for requests that are still on their way. */
  asOf: number;
  /** Which tokens used the most is still being added up, so there are no rows. Ask again in a moment. */
  isPending?: boolean;
}

/** How one budget stands. Money is in USD micro-dollars. */
export interface BudgetStanding {
  unit: "usd" | "tokens";
  per: BudgetPeriod;
  limit: number;
  used: number;
  /** Held for requests that are on their way. */
  reserved: number;
  /** Limit less both, never below 0. */
  left: number;
  /** When it begins anew, ms since 1970; null: never. */
  resetsAt: number | null;
  warnAt: number | null;
}

/** How a rate or the concurrency stands. */
export interface RateStanding {
  limit: number;
  left: number;
  /** When all of it will be there again if nothing more comes, ms since 1970. */
  resetsAt: number;
}

/** How a token's limits stand. Null: no such limit. */
export interface LimitStanding {
  requestsPerMinute: RateStanding | null;
  tokensPerMinute: RateStanding | null;
  concurrency: { limit: number; running: number; waiting: number } | null;
  budgets: BudgetStanding[];
}

/** Which of a token's last requests to tell. */
export interface RequestQuery {
  tokenId: string;
  /** `next` of the page before; null: from the newest. */
  before: number | null;
  /** 1–1,000. */
  limit: number;
}

/** A page of a token's last requests, newest first. At most the last 1,000 are kept. */
export interface RequestPage {
  entries: RequestEntry[];
  /** To pass as `before`; null at the end. */
  next: number | null;
}

/** Which rows of usage to tell. */
export interface UsageRowQuery {
  /** A token id; null: of all. */
  tokenId: string | null;
  /** First and last day, `YYYY-MM-DD`, UTC, both included. */
  from: string;
  to: string;
  /** `next` of the page before; null: from the first. */
  after: string | null;
  /** 1–1,000. */
  limit: number;
}

/** A page of usage, oldest day first. */
export interface UsageRowPage {
  rows: UsageRow[];
  /** To pass as `after`; null at the end. */
  next: string | null;
}

/** How a token stands. */
export interface TokenActivity {
  /** Null where it has no limits. */
  standing: LimitStanding | null;
  /** ms since 1970; null: never. */
  firstUsedAt: number | null;
  lastUsedAt: number | null;
}

/** What was used of one budget, as its guard last told the ledger. Money is in USD micro-dollars. */
export interface BudgetUse {
  unit: "usd" | "tokens";
  per: BudgetPeriod;
  /** Used, and held for requests that were on their way. */
  used: number;
  /** When it begins anew, ms since 1970: from then on `used` is 0. Null: never. */
  resetsAt: number | null;
}

/** What was used of a budget, and how large it was then. */
export interface ToldBudget extends BudgetUse {
  limit: number;
}

/** A token with the budget of which the largest share is used. */
export interface NearBudget {
  tokenId: string;
  budget: ToldBudget;
}

/** How a token was used, as the ledger knows it: at most 15 s old. One that was only refused has no `lastUsedAt`. */
export interface TokenUse {
  tokenId: string;
  /** ms since 1970; null: never. */
  lastUsedAt: number | null;
  /** Requests since ever. */
  requests: number;
  /** USD micro-dollars since ever, of what has a price. */
  micros: number;
  /** Of each unit and period that its limits name; empty where none is known. */
  budgets: BudgetUse[];
}

/** Tokens whose use has changed, in the order of the changes. */
export interface UseChanges {
  /** At most 1,000. */
  uses: TokenUse[];
  /** To ask with next time. */
  next: number;
}

/** What a series tells apart. */
export const SERIES_KEYS = ["provider", "model", "token"] as const;
/** Something that a series tells apart. */
export type SeriesKey = (typeof SERIES_KEYS)[number];

/** How long a step of a series is. Days and months are those of UTC. */
export const SERIES_STEPS = ["hour", "day", "month"] as const;
/** How long a step of a series is. */
export type SeriesStep = (typeof SERIES_STEPS)[number];

/** Which usage of all tokens to tell over time. */
export interface SeriesQuery {
  /**
   * Begin of the first step and end of the last, ms since 1970; where they lie within a step, it is told whole. Hours are
   * known of the last 72 hours, days of 400 days by token. Of more than 500 steps, the last 500 are told.
   */
  from: number;
  to: number;
  step: SeriesStep;
  by: SeriesKey;
  /** How many keys to tell apart, 1–20: those with the most money, then the most requests. All others are one. */
  top: number;
  /** Whether an answer without the keys is better than one that takes long: see `UsageSeries.isPending`. */
  soon?: boolean;
}

/** One key of a series. */
export interface SeriesPart {
  /** Provider, model (empty: none was named) or token id; null: all others together. */
  key: string | null;
  /** Set where the key is a model. */
  provider: Provider | null;
  /** One for each step of the series, oldest first. */
  requests: number[];
  errors: number[];
  /** Input and output together. */
  tokens: number[];
  /** USD micro-dollars. */
  micros: number[];
}

/** Usage over time. */
export interface UsageSeries {
  /** Begin of each step, ms since 1970, oldest first. */
  steps: number[];
  /** The largest first, the others last; empty where nothing was used. */
  parts: SeriesPart[];
  /** As in `UsageReport`. */
  asOf: number;
  /** Which tokens used the most is still being added up, so all are told together. Ask again in a moment. */
  isPending?: boolean;
}

/** A span of time, in ms since 1970: its begin, and the moment behind its end. */
export interface UsageSpan {
  from: number;
  to: number;
}

/** What was used in one span of time. */
export interface SpanTotals {
  requests: number;
  errors: number;
  tokens: number;
  micros: number;
  unpriced: number;
  /**
   * Tokens (of Doppelgate) that were used: those of which not all requests were refused by a limit or the policy. Of a span
   * that begins more than 72 hours ago it is told by whole days.
   */
  usedTokens: number;
}
