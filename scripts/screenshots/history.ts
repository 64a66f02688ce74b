// A month that was used, told to the ledger as guards would have told it day by day. Guards themselves know today alone:
// what really goes through the gateway is of today.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getPlatformProxy } from "wrangler";
import type { LedgerReport } from "../../gateway/ledger/report.ts";
import { emptyRow } from "../../gateway/usage/row.ts";
import type { ToldBudget, UsageRow } from "../../shared/usage.ts";
import type { StoryToken, StoryUse } from "./story.ts";

const DAY_MS = 86_400_000;
const DAYS = 60;

interface LedgerBindings {
  LEDGER: { getByName(name: string): { take(report: LedgerReport): Promise<void> } };
}

/** Between 0 and 1, the same for the same numbers. */
function chance(...seed: number[]): number {
  const mixed = seed.reduce((sum, one) => Math.imul(sum ^ (one + 0x9e3779b9), 0x85ebca6b) >>> 0, 1);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** How much of a usual day a day has: weekends have little, and it grows over the weeks. */
function amountOf(at: number, seed: number): number {
  const weekday = new Date(at).getUTCDay();
  const usual = weekday === 0 || weekday === 6 ? 0.2 : 1;
  return usual * (0.6 + 0.8 * chance(seed, Math.floor(at / DAY_MS)));
}

function rowOf(tokenId: string, use: StoryUse, at: number, seed: number): UsageRow {
  const requests = Math.round(use.requests * amountOf(at, seed));
  const { provider, model, tokensIn, tokensOut } = use;
  const row = emptyRow(tokenId, { day: dayOf(at), provider, model });
  const counts = { ...row.counts, input: requests * tokensIn, output: requests * tokensOut };
  const micros = Math.round((counts.input * use.usdIn + counts.output * use.usdOut) * 1000) / 1000;
  const errors = { ...row.errors, limit: requests > 20 && chance(seed, at) > 0.7 ? 2 : 0 };
  return {
    ...row,
    requests,
    counts,
    micros,
    errors,
    timed: requests,
    ttfbMs: requests * 420,
    durationMs: requests * 2100,
  };
}

/** What is used of a budget of this month. */
function budgetOf(rows: readonly UsageRow[], usdPerMonth: number, now: number): ToldBudget {
  const month = dayOf(now).slice(0, 7);
  const used = rows.filter(({ day }) => day.startsWith(month)).reduce((sum, { micros }) => sum + micros, 0);
  const today = new Date(now);
  const resetsAt = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1);
  return { unit: "usd", per: "month", used, limit: usdPerMonth * 1_000_000, resetsAt };
}

function reportOf(id: string, { uses, usdPerMonth }: StoryToken, seed: number, now: number): LedgerReport {
  const days = Array.from({ length: DAYS }, (_, index) => now - (DAYS - index) * DAY_MS);
  const rows = days.flatMap((at) => uses.map((use, place) => rowOf(id, use, at, seed * 10 + place)));
  const budgets = usdPerMonth === null ? [] : [budgetOf(rows, usdPerMonth, now)];
  const used = rows.filter(({ requests }) => requests > 0);
  return {
    tokenId: id,
    rows: used,
    lastUsedAt: used.length > 0 ? now - DAY_MS : null,
    budgets,
    notices: [],
    changedByHolder: null,
  };
}

/**
 * Tells the ledger of the running gateway what tokens used in the 60 days before today.
 *
 * @param folder where a config file may be written
 * @param registryPath where the running Workers are found; as `startPair` was told
 */
export async function tellHistory(
  folder: string,
  registryPath: string,
  tokens: readonly { id: string; token: StoryToken }[],
): Promise<void> {
  const binding = { name: "LEDGER", class_name: "Ledger", script_name: "doppelgate-gateway" };
  const configPath = join(folder, "wrangler.json");
  const config = { name: "screenshots", compatibility_date: "2026-11-01", durable_objects: { bindings: [binding] } };
  writeFileSync(configPath, JSON.stringify(config));
  process.env["WRANGLER_REGISTRY_PATH"] = registryPath;
  const { env, dispose } = await getPlatformProxy<LedgerBindings>({ configPath, persist: false, envFiles: [] });
  try {
    const ledger = env.LEDGER.getByName("ledger");
    const now = Date.now();
    for (const [index, { id, token }] of tokens.entries()) await ledger.take(reportOf(id, token, index + 1, now));
  } finally {
    await dispose();
  }
}
