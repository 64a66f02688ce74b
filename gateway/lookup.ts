import { checkRecord, newerRecord, type TokenRecord } from "../shared/record.ts";
import { hashToken } from "../shared/hash.ts";
import { tokenShape } from "../shared/token.ts";
import type { Bindings } from "./bindings.ts";
import { withDeadline } from "../shared/deadline.ts";
import { guardName, pointerName } from "./guard/guard.ts";
import { log } from "./log.ts";
import { Refused } from "./refusals.ts";

/** How old the guard's word may be, in ms: the promise on revocation. */
export const FRESH_MS = 1_000;
/** Past this age, in ms, the guard is asked again behind the request, so that a busy token never waits for it. */
const RENEW_MS = 500;
/** How old KV's word may get, in ms, however busy a token is: it is the newer one where its guard couldn't be told. */
const KV_FRESH_MS = 60_000;
/** How long KV and guard may take, in ms. */
const DEADLINE_MS = 3_000;
/** How long KV may take once the guard has told what it knows, in ms: a KV that hangs mustn't hold up every request. */
const KV_PATIENCE_MS = 500;
/** How many tokens an isolate remembers: about 1 KiB each. */
const MEMORY_SIZE = 5_000;

interface Memory {
  record: TokenRecord | null;
  /** When the question was sent, ms since 1970. Counting from the answer would stretch the promise by its way back. */
  askedAt: number;
  /** When KV was last asked, ms since 1970. */
  kvAskedAt: number;
  /** The guard was asked for news; once is enough for what is remembered. */
  renewing: boolean;
}

/** What is known of a token that was asked for. */
export interface Found {
  /** SHA-256 of the token, hex. */
  hash: string;
  /** The newest record known; null for an unknown token. */
  record: TokenRecord | null;
}

/** By hash, so that no token stands in memory longer than its request. Unknown ones too: a retry storm costs nothing. */
const memory = new Map<string, Memory>();

/** Forgets everything; for tests, whose storage is emptied under the isolate's feet. */
export function forgetAll(): void {
  memory.clear();
}

function remember(hash: string, record: TokenRecord | null, askedAt: number, kvAskedAt = askedAt): void {
  memory.delete(hash);
  memory.set(hash, { record, askedAt, kvAskedAt, renewing: false });
  for (const oldest of memory.keys()) {
    if (memory.size <= MEMORY_SIZE) break;
    memory.delete(oldest);
  }
}

/**
 * Takes in what a guard has just said of a token, so that what this isolate knew is forgotten at once.
 *
 * @param hashes of the secrets that led to it before, and lead to it now
 * @param now ms since 1970, when the guard was asked
 */
export function learn(record: TokenRecord, hashes: readonly string[], now: number): void {
  for (const hash of hashes) remember(hash, record, now);
}

function guardOf(bindings: Bindings, token: string, hash: string): ReturnType<Bindings["guards"]["getByName"]> {
  const shape = tokenShape(token);
  return bindings.guards.getByName(shape?.kind === "generated" ? guardName(shape.id) : pointerName(hash));
}

/**
 * A record, where the token is one that its secrets may be of: a typed one where the owner typed it, else one that was
 * generated for this token. Whoever claims a token sends a hash that nobody can look behind; this stops them from choosing a
 * secret that can be guessed, or one that leads to another token.
 */
function ifFits(record: TokenRecord | null, token: string, hash: string): TokenRecord | null {
  const shape = tokenShape(token);
  const secret = record?.secrets.find((one) => one.hash === hash);
  if (record === null || secret === undefined) return record;
  const fits = shape?.kind === "generated" ? !secret.typed && shape.id === record.id : secret.typed;
  return fits ? record : { ...record, secrets: record.secrets.filter((one) => one !== secret) };
}

/** What KV or a guard said of a token; `failed`: it said nothing, or nothing that can be read. */
type Word = { failed: false; record: TokenRecord | null } | { failed: true };

const NOTHING_SAID = { failed: true } as const;

async function kvWord(bindings: Bindings, hash: string): Promise<Word> {
  try {
    const value: unknown = await withDeadline(bindings.tokens.get(hash, "json"), DEADLINE_MS, "KV");
    const record = checkRecord(value);
    // A newer admin's record, say: it opens nothing, and says nothing against what the guard knows.
    if (value !== null && record === null) throw new Error("a record that can't be read");
    return { failed: false, record };
  } catch (error) {
    log("warn", "kv_failed", { reason: String(error) });
    return NOTHING_SAID;
  }
}

async function guardWord(bindings: Bindings, token: string, hash: string): Promise<Word> {
  try {
    const { record } = await withDeadline(guardOf(bindings, token, hash).recall(), DEADLINE_MS, "guard");
    return { failed: false, record };
  } catch (error) {
    log("warn", "guard_failed", { reason: String(error) });
    return NOTHING_SAID;
  }
}

const recordOf = (word: Word): TokenRecord | null => (word.failed ? null : word.record);

/** What both say, asked side by side; of KV nothing where it keeps a guard's record waiting. */
async function bothWords(bindings: Bindings, token: string, hash: string): Promise<{ kv: Word; guard: Word }> {
  const fromKv = kvWord(bindings, hash);
  const guard = await guardWord(bindings, token, hash);
  if (recordOf(guard) === null) return { kv: await fromKv, guard };
  return { kv: await withDeadline(fromKv, KV_PATIENCE_MS, "KV").catch(() => NOTHING_SAID), guard };
}

async function ask(bindings: Bindings, token: string, hash: string): Promise<TokenRecord | null> {
  const { kv, guard } = await bothWords(bindings, token, hash);
  const record = newerRecord(recordOf(guard), recordOf(kv));
  // With either of the two out of reach, "nobody knows this token" may be untrue: the holder must not think it is dead.
  if (record === null && (kv.failed || guard.failed)) throw new Refused({ code: "token_check_unavailable" });
  return ifFits(record, token, hash);
}

async function renew(bindings: Bindings, token: string, hash: string, known: Memory, now: number): Promise<void> {
  known.renewing = true;
  // The guard alone, mostly: what is known has KV's word in it already, and KV's reads are counted.
  const isKvDue = now - known.kvAskedAt >= KV_FRESH_MS;
  const { kv, guard } = isKvDue
    ? await bothWords(bindings, token, hash)
    : { kv: NOTHING_SAID, guard: await guardWord(bindings, token, hash) };
  const told = recordOf(guard);
  // A guard that was never told, or fails, is not asked again for this memory's life: each request of a busy token would.
  // When the memory is too old, KV is asked beside it.
  if (told === null) return;
  const newest = newerRecord(newerRecord(told, recordOf(kv)), known.record);
  remember(hash, ifFits(newest, token, hash), now, isKvDue ? now : known.kvAskedAt);
}

/**
 * Finds what the owner said of a token: from the isolate's memory where that is fresh, else from KV and the guard side by
 * side, the newest version winning. Without the guard's answer KV's word goes, and the reverse. Once the guard has told a
 * record, KV is waited for half a second more.
 *
 * @param token a string that has the shape of a token
 * @param now ms since 1970
 * @param later takes work that goes on behind the request (`ctx.waitUntil`)
 * @throws Refused `token_check_unavailable` where neither knows the token and one of the two failed
 */
export async function findToken(
  bindings: Bindings,
  token: string,
  now: number,
  later: (work: Promise<void>) => void,
): Promise<Found> {
  const hash = await hashToken(token);
  const known = memory.get(hash);
  const age = known === undefined ? Infinity : now - known.askedAt;
  if (known !== undefined && age >= 0 && age < FRESH_MS) {
    if (age >= RENEW_MS && known.record !== null && !known.renewing) {
      later(renew(bindings, token, hash, known, now));
    }
    return { hash, record: known.record };
  }
  const record = await ask(bindings, token, hash);
  remember(hash, record, now);
  return { hash, record };
}
