import type { Provider } from "../../../../shared/providers.ts";
import type { ToldBudget } from "../../../../shared/usage.ts";
import { DENSE, drawn, idAt, MODELS } from "./story.ts";

const HOUR_MS = 60 * 60_000;
/** Rows that a report brings: models that a token used on a day. */
const ROWS = 2;

/** The day that is told of, and how much was used on it. */
export interface UsageStory {
  /** `YYYY-MM-DD`. */
  day: string;
  /** Rows of usage of that day. */
  rows: number;
  /** Tokens that there are. */
  tokens: number;
  /** ms since 1970; nothing is used later. */
  now: number;
}

/** A row of usage, in short. */
export interface StoryRow {
  tokenId: string;
  day: string;
  provider: Provider;
  model: string;
  requests: number;
  tokens: number;
  micros: number;
}

/** A report of a guard. */
export interface StoryReport {
  tokenId: string;
  /** When the token was last used, ms since 1970. */
  at: number;
  rows: StoryRow[];
  budgets: ToldBudget[];
}

const PROVIDERS: readonly [Provider, ...Provider[]] = ["openai", "anthropic", "gemini"];

function rowAt(tokenId: string, day: string, seed: number, place: number): StoryRow {
  const provider = PROVIDERS[drawn(3, seed, 31)] ?? PROVIDERS[0];
  const models = MODELS[provider];
  // Another model for each row, so that there are as many rows as asked for.
  const model = models[(drawn(models.length, seed, 32) + place) % models.length] ?? models[0];
  const requests = 1 + drawn(40, seed, 33, place);
  const tokens = requests * (200 + drawn(2_000, seed, 34, place));
  return {
    tokenId,
    day,
    provider,
    model,
    requests,
    tokens,
    micros: Math.round(tokens * (0.2 + drawn(30, seed, 35) / 10)),
  };
}

/** Of a budget of $5; a few are near their end. */
function usedOf(number: number, seed: number): number {
  if (number < DENSE && number % 14 === 0) return 4_200_000 + drawn(1_200_000, seed, 36);
  return drawn(seed % 20 === 0 ? 5_500_000 : 3_000_000, seed, 36);
}

function budgetAt(number: number, seed: number, at: number): ToldBudget {
  const date = new Date(at);
  const resetsAt = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return {
    unit: "usd",
    per: "month",
    used: usedOf(number, seed),
    limit: 5_000_000,
    resetsAt,
  };
}

/** What guards report of a day, in the order of time. Each token at most once, and one in ten never. */
export function reportsOf({ day, rows, tokens, now }: UsageStory): StoryReport[] {
  const start = Date.parse(`${day}T00:00:00Z`);
  const hours = Math.max(1, Math.min(24, Math.floor((now - start) / HOUR_MS)));
  const count = Math.ceil(rows / ROWS);
  const used = Math.max(1, Math.ceil(tokens * 0.9));
  const first = drawn(used, start / HOUR_MS, 30);
  // A stride that shares no factor with the number of tokens meets each once before any of them again.
  const stride = strideOf(used);
  return Array.from({ length: Math.min(count, used) }, (_, index): StoryReport => {
    const number = (first + index * stride) % used;
    const tokenId = idAt(number);
    const seed = drawn(2 ** 31, start / HOUR_MS, number);
    const at = Math.min(
      now - 60_000,
      start + Math.floor((index * hours) / count) * HOUR_MS + drawn(3_000_000, seed, 37),
    );
    const own = Math.min(ROWS, rows - index * ROWS);
    const all = Array.from({ length: own }, (_, place) => rowAt(tokenId, day, seed, place));
    return { tokenId, at: Math.max(start, at), rows: all, budgets: [budgetAt(number, seed, at)] };
  });
}

function strideOf(count: number): number {
  let stride = Math.max(1, Math.floor(count * 0.618));
  const sharesFactor = (a: number, b: number): boolean => (b === 0 ? a > 1 : sharesFactor(b, a % b));
  while (sharesFactor(count, stride)) stride++;
  return stride;
}
