import type { Call } from "../call.ts";
import type { Permit } from "../stages/admit.ts";
import { ranked } from "./rank.ts";

/** How long a key that was rejected is left out, in ms: it comes back by the owner's doing alone, and is then soon noticed. */
const REJECTED_MS = 5 * 60_000;
/** The most keys that one request tries: the free plan lets it ask for 50 things in all. */
const MOST_TRIES = 8;

/** Why a key is left out. */
interface Absence {
  why: "rejected" | "throttled";
  /** ms since 1970. */
  since: number;
  until: number;
}

/** What is to be known of an answer about a key. */
type Told = { key: "rejected"; text?: string } | { key: "throttled"; forMs: number };

/** By key, in the isolate's memory: another isolate finds out by itself, with one request. */
const absences = new Map<string, Absence>();

/** Forgets everything; for tests. */
export function forgetAbsences(): void {
  absences.clear();
}

function absenceOf(key: string, now: number): Absence | null {
  const absence = absences.get(key);
  return absence !== undefined && now < absence.until ? absence : null;
}

/**
 * Whether a call reaches what lies in the account of one key alone: files, batches, stored answers. Another key would find
 * nothing there, so a full minute is better waited for.
 */
const isBound = ({ endpoint, namesStored }: Call): boolean =>
  (endpoint !== null && endpoint.class !== "inference") || namesStored === true;

/** The least bad of keys that are all left out: one that is throttled before one that was rejected, then the one back soonest. */
function leastBad(keys: readonly string[], now: number): string[] {
  const badness = (key: string): [number, number] => {
    const absence = absenceOf(key, now);
    return [absence?.why === "rejected" ? 1 : 0, absence?.until ?? 0];
  };
  return keys
    .toSorted((one, other) => {
      const [[why, until], [otherWhy, otherUntil]] = [badness(one), badness(other)];
      return why - otherWhy || until - otherUntil;
    })
    .slice(0, 1);
}

/**
 * The keys that a request may try, in their order: the token's own one first, and none that is left out unless all are; then
 * one alone, since trying each would multiply the load on a provider that has enough of it. Never empty where `keys` isn't.
 *
 * @param now ms since 1970
 */
export function keysFor(
  { key, keys, keyIsFixed, tokenId, call }: Pick<Permit, "key" | "keys" | "keyIsFixed" | "tokenId" | "call">,
  now: number,
): readonly string[] {
  if (keyIsFixed) return [key];
  if (keys.length < 2) return keys;
  const order = ranked(keys, tokenId);
  const stays = isBound(call);
  const present = order.filter((one) => {
    const absence = absenceOf(one, now);
    return absence === null || (stays && absence.why === "throttled");
  });
  return present.length > 0 ? present.slice(0, MOST_TRIES) : leastBad(order, now);
}

/** Whether a request goes on with another key after what its answer says of this one. */
export const movesOn = (verdict: Pick<Told, "key">, { call }: Pick<Permit, "call">): boolean =>
  verdict.key === "rejected" || !isBound(call);

/**
 * Leaves a key out for a while.
 *
 * @param now ms since 1970
 */
export function leaveOut(key: string, verdict: Told, now: number): void {
  const forMs = verdict.key === "rejected" ? REJECTED_MS : verdict.forMs;
  absences.set(key, { why: verdict.key, since: now, until: now + forMs });
}

/**
 * Takes a key in again that has served a request.
 *
 * @param askedAt when the request was sent, ms since 1970: one that was on its way before says nothing
 */
export function takeIn(key: string, askedAt: number): void {
  const absence = absences.get(key);
  if (absence !== undefined && absence.since <= askedAt) absences.delete(key);
}
