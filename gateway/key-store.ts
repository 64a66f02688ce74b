import { DurableObject } from "cloudflare:workers";
import type { KeyError, KeyFacts } from "../shared/control.ts";

/** How often the same news of a key is written, in ms: while a key is throttled, each isolate meets that all the time. */
const SAME_NEWS_MS = 60_000;
/** How exact the time of the last use is kept, in ms: writing each use would be a row a request. */
export const USED_MS = 10 * 60_000;

/** What an isolate learnt of a key. Times are ms since 1970. */
export type KeyNews =
  /** The provider doesn't accept it. */
  | { what: "rejected"; at: number; status: number; code: string | null }
  /** It has no more to give until then. */
  | { what: "throttled"; at: number; status: number; code: string | null; until: number }
  /** It served a request that was sent at that time: what was held against it before is over. */
  | { what: "served"; at: number };

/** What is known of a key, without its name. */
type Known = Omit<KeyFacts, "fingerprint" | "place">;

const NOTHING: Known = { rejectedAt: null, throttledUntil: null, lastUsedAt: null, lastError: null };

const sameError = (known: KeyError | null, { status, code }: Omit<KeyError, "at">): boolean =>
  known?.status === status && known.code === code;

/**
 * What is known of a key after a piece of news; the same object where it is nothing new.
 *
 * @param known what was known before
 */
export function withNews(known: Known, news: KeyNews): Known {
  const { at } = news;
  if (news.what === "served") {
    // An answer that was on its way before says nothing of a rejection since.
    const rejectedAt = known.rejectedAt !== null && known.rejectedAt <= at ? null : known.rejectedAt;
    const isUse = known.lastUsedAt === null || at - known.lastUsedAt >= USED_MS;
    if (!isUse && rejectedAt === known.rejectedAt) return known;
    return { ...known, rejectedAt, lastUsedAt: Math.max(at, known.lastUsedAt ?? 0) };
  }
  const { status, code } = news;
  const wasSaid = news.what === "rejected" ? known.rejectedAt !== null : known.throttledUntil !== null;
  if (wasSaid && sameError(known.lastError, news) && at - (known.lastError?.at ?? 0) < SAME_NEWS_MS) return known;
  const lastError = { at, status, code };
  return news.what === "rejected"
    ? { ...known, lastError, rejectedAt: at }
    : { ...known, lastError, throttledUntil: news.until };
}

/** Where a key's facts lie, by its fingerprint: a new key isn't blamed for the old one. */
const place = (fingerprint: string): string => `key:${fingerprint}`;

/** One Durable Object for each provider: what is known of the gateway's keys. It is told, and writes, only what is new. */
export class KeyHealth extends DurableObject<GatewayEnv> {
  /** Takes a piece of news of a key. */
  async note(fingerprint: string, news: KeyNews): Promise<void> {
    const { kv } = this.ctx.storage;
    const known = kv.get<Known>(place(fingerprint)) ?? NOTHING;
    const after = withNews(known, news);
    if (after !== known) kv.put(place(fingerprint), after);
  }

  /** What is known of these keys, in the order of the fingerprints. */
  async known(fingerprints: readonly string[]): Promise<Known[]> {
    return fingerprints.map((fingerprint) => this.ctx.storage.kv.get<Known>(place(fingerprint)) ?? NOTHING);
  }
}
