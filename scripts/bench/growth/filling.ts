import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pair } from "./pair.ts";
import type { AdminFill } from "./worker/asked.ts";
import type { UsageStory } from "./worker/usage-story.ts";

const DAY_MS = 24 * 60 * 60_000;
/** So many days were used on; half of all rows are of the last 30. */
const DAYS = 365;
const RECENT = 30;
/** Tokens or lines that are written in one transaction. */
const PART = 10_000;

/** How much is stored. */
export interface Size {
  tokens: number;
  usage: number;
  audit: number;
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Has the admin's door do something. */
export const fillAdmin = <T>(pair: Pair, asked: AdminFill): Promise<T> => post<T>(`${pair.admin}/bench/fill`, asked);

/** Tells a guard of a record. */
export const tellGuard = (pair: Pair, record: unknown): Promise<unknown> => post(`${pair.gateway}/bench/guard`, record);

function* partsOf(count: number): Generator<{ from: number; to: number }> {
  for (let from = 0; from < count; from += PART) yield { from, to: Math.min(count, from + PART) };
}

/** How many rows each day gets, the oldest first. */
function rowsByDay(rows: number): number[] {
  const shares = Array.from({ length: DAYS }, (_, day) => (day < DAYS - RECENT ? 0.5 / (DAYS - RECENT) : 0.5 / RECENT));
  let [share, given] = [0, 0];
  return shares.map((own) => {
    share += own;
    const count = Math.round(rows * share) - given;
    given += count;
    return count;
  });
}

async function fillUsage(pair: Pair, { usage, tokens }: Size, now: number): Promise<void> {
  const days = rowsByDay(usage);
  for (const [index, rows] of days.entries()) {
    const day = new Date(now - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    const story: UsageStory = { day, rows, tokens, now };
    await post(`${pair.gateway}/bench/usage`, story);
  }
}

/** Has the registry hear how all tokens are used, as it does by itself when the owner looks. */
async function hearAll(pair: Pair): Promise<void> {
  while (!(await fillAdmin<boolean>(pair, { do: "hear" }))) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What is known of a filled state. */
interface Filled {
  now: number;
  size: Size;
}

/**
 * Fills both Workers' stores, unless the folder has been filled to the same size before.
 *
 * @param say is told how far it is
 * @returns the time that the tokens are told by, ms since 1970
 */
export async function fill(pair: Pair, state: string, size: Size, say: (text: string) => void): Promise<number> {
  const note = join(state, "filled.json");
  if (existsSync(note)) {
    const filled = JSON.parse(readFileSync(note, "utf8")) as Filled;
    if (JSON.stringify(filled.size) === JSON.stringify(size)) return filled.now;
    throw new Error(`${state} is filled otherwise: ${JSON.stringify(filled.size)}`);
  }
  const now = Date.now();
  const policies = await fillAdmin<string[]>(pair, { do: "policies", now });
  for (const part of partsOf(size.tokens)) {
    await fillAdmin(pair, { do: "tokens", part: { ...part, now }, policies });
  }
  say(`${size.tokens} tokens in ${Date.now() - now} ms`);
  await fillUsage(pair, size, now);
  say(`${size.usage} rows of usage after ${Date.now() - now} ms`);
  for (const part of partsOf(size.audit)) {
    await fillAdmin(pair, {
      do: "audit",
      part: { ...part, now: now - (size.audit - part.to) * 60_000 },
      tokens: size.tokens,
    });
  }
  say(`${size.audit} lines of the audit log after ${Date.now() - now} ms`);
  await hearAll(pair);
  say(`filled in ${Math.round((Date.now() - now) / 1000)} s`);
  writeFileSync(note, JSON.stringify({ now, size } satisfies Filled));
  return now;
}
