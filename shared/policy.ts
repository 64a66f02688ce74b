import { type Check, isAmount, isFlag, isObject, isText, listOf, oneOf, orNull, shapeOf } from "./checks.ts";
import { isProvider, type Provider } from "./providers.ts";

/** Which paths a token opens: those that make a model answer, or everything that the provider has. */
export const ENDPOINT_CLASSES = ["inference", "all"] as const;
/** `inference` keeps holders out of what all users of a provider key share: files, batches, stored conversations. */
export type EndpointClass = (typeof ENDPOINT_CLASSES)[number];

/** Days as `activeHours` names them, Monday first. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
/** A day of the week. */
export type Weekday = (typeof WEEKDAYS)[number];

/** Days in words, short. */
export const DAY_WORDS: Record<Weekday, string> = {
  mon: "Mon",
  tue: "Tue",
  wed: "Wed",
  thu: "Thu",
  fri: "Fri",
  sat: "Sat",
  sun: "Sun",
};

/** A part of some days, in the time zone's own clock. */
export interface HourWindow {
  days: Weekday[];
  /** `HH:MM`, from here on. */
  from: string;
  /** `HH:MM`, up to here; `24:00` is midnight. Not after `from`: the window ends on the next day. */
  to: string;
}

/** When a token works: in any of the windows. */
export interface ActiveHours {
  /** Name of the IANA time zone database, e.g. `Europe/Berlin`. */
  timeZone: string;
  windows: HourWindow[];
}

/** Globs of model names (`*` any characters, `?` one) by provider. A provider that isn't named: all of its models. */
export type ModelRules = Partial<Record<Provider, string[]>>;

/** What a budget is renewed with. All but `total` are of the calendar, in UTC; a week begins on Monday. */
export const BUDGET_PERIODS = ["hour", "day", "week", "month", "total"] as const;
/** Names how often a budget begins anew; `total` never does. */
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];
/** How often a budget begins anew, in words behind its amount. */
export const PERIOD_WORDS: Record<BudgetPeriod, string> = {
  hour: "an hour",
  day: "a day",
  week: "a week",
  month: "a month",
  total: "in all",
};

/** What may be used in a period: US dollars, or tokens (input and output together). */
export type Budget = ({ usd: number; tokens?: undefined } | { tokens: number; usd?: undefined }) & {
  per: BudgetPeriod;
  /** Share of the budget, above 0 and below 1, from which the owner is told; null: never. It refuses nothing. */
  warnAt: number | null;
};

/** How much and how fast. Null: no such limit. */
export interface Limits {
  requestsPerMinute: number | null;
  /** Input and output together. */
  tokensPerMinute: number | null;
  /** Requests at the same time; an open WebSocket counts as one. */
  concurrency: number | null;
  /** How long a request that `concurrency` holds up may wait, in seconds, before it is refused. 0: not at all. */
  queueSeconds: number;
  /** All of them count at the same time. */
  budgets: Budget[];
}

/** What a holder may do to their own token. */
export const HOLDER_ACTIONS = ["rotate", "revoke"] as const;
/** Something that a holder may do to their own token. */
export type HolderAction = (typeof HOLDER_ACTIONS)[number];

/** What a token may be used for, beside its providers and its expiry. */
export interface Policy {
  /** Null: every model. */
  models: ModelRules | null;
  endpoints: EndpointClass;
  /** Null: always. */
  activeHours: ActiveHours | null;
  /** Addresses of clients as CIDR, v4 and v6; null: from everywhere. */
  networks: string[] | null;
  /** ISO 3166-1 alpha-2, upper case; null: from everywhere. */
  countries: string[] | null;
  /** Null: none. */
  limits: Limits | null;
  /** Whether what has no known price may be used under a budget in dollars. It counts as nothing there. */
  allowUnpriced: boolean;
  holderMay: HolderAction[];
}

/** The policy of a token of which nothing was said. */
export const OPEN_POLICY: Policy = {
  models: null,
  endpoints: "inference",
  activeHours: null,
  networks: null,
  countries: null,
  limits: null,
  allowUnpriced: false,
  holderMay: [],
};

/** The names of a policy's fields, as API, console and record have them. */
export const POLICY_FIELDS = Object.keys(OPEN_POLICY) as (keyof Policy)[];

/** Queue of a token whose owner named a concurrency and no queue, in seconds. */
export const DEFAULT_QUEUE_SECONDS = 10;

const isTexts = listOf(isText);
const isAmountOrNull = orNull(isAmount);

const isHours = shapeOf<ActiveHours>({
  timeZone: isText,
  windows: listOf(shapeOf<HourWindow>({ days: listOf(oneOf(WEEKDAYS)), from: isText, to: isText })),
});

const isModels: Check = (value) =>
  isObject(value) && Object.entries(value).every(([name, globs]) => isProvider(name) && isTexts(globs));

const isAmountOrNone: Check = (value) => value === undefined || isAmount(value);
const isBudgetLike = shapeOf<Record<"usd" | "tokens" | "per" | "warnAt", unknown>>({
  usd: isAmountOrNone,
  tokens: isAmountOrNone,
  per: oneOf(BUDGET_PERIODS),
  warnAt: isAmountOrNull,
});
const isBudget: Check = (value) => isBudgetLike(value) && (value.usd === undefined) !== (value.tokens === undefined);

const isLimits = shapeOf<Limits>({
  requestsPerMinute: isAmountOrNull,
  tokensPerMinute: isAmountOrNull,
  concurrency: isAmountOrNull,
  queueSeconds: isAmount,
  budgets: listOf(isBudget),
});

const isPolicy = shapeOf<Policy>({
  models: orNull(isModels),
  endpoints: oneOf(ENDPOINT_CLASSES),
  activeHours: orNull(isHours),
  networks: orNull(isTexts),
  countries: orNull(isTexts),
  limits: orNull(isLimits),
  allowUnpriced: isFlag,
  holderMay: listOf(oneOf(HOLDER_ACTIONS)),
});

/**
 * Reads a policy out of what may hold one (a record, an RPC argument, a stored row). A field that isn't there is as in
 * `OPEN_POLICY`: records from before there were policies.
 *
 * @returns a policy with nothing else in it; null where a field is there and off: a policy that isn't understood opens nothing
 */
export function checkPolicy(value: unknown): Policy | null {
  if (!isObject(value)) return null;
  const named = POLICY_FIELDS.filter((field) => value[field] !== undefined).map((field) => [field, value[field]]);
  const whole: unknown = { ...OPEN_POLICY, ...Object.fromEntries(named) };
  return isPolicy(whole) ? whole : null;
}

/** Tells whether requests under these limits have to ask the guard. */
export function isLimited({ limits }: Pick<Policy, "limits">): boolean {
  if (limits === null) return false;
  const { requestsPerMinute, tokensPerMinute, concurrency, budgets } = limits;
  return requestsPerMinute !== null || tokensPerMinute !== null || concurrency !== null || budgets.length > 0;
}

/** Tells whether a budget in US dollars is among the limits: then every request needs a price. */
export const hasMoneyBudget = ({ limits }: Pick<Policy, "limits">): boolean =>
  limits !== null && limits.budgets.some(({ usd }) => usd !== undefined);

/** Tells whether tokens are counted by the limits: then every request needs an estimate, and every stream its usage. */
export const countsTokens = ({ limits }: Pick<Policy, "limits">): boolean =>
  limits !== null && (limits.tokensPerMinute !== null || limits.budgets.length > 0);
