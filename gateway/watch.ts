import { checkRecord, newerRecord, type TokenRecord } from "../shared/record.ts";
import type { Provider } from "../shared/providers.ts";
import { standingOf, type Standing } from "../shared/standing.ts";
import type { Bindings } from "./bindings.ts";
import { AGE_PARAMETER, guardName, PERMIT_PARAMETER, WATCH_URL } from "./guard/guard.ts";
import { log } from "./log.ts";
import type { LineRefusal } from "./permits.ts";
import type { Refusal } from "./refusals.ts";

/** How long a stream or socket must last, in ms, before its guard is asked to tell of changes: most never do. */
const PATIENCE_MS = 2_500;
/** How long to wait before a lost line to the guard is opened again, in ms. */
const RETRY_MS = 1_000;
/** The longest time that a timer takes, in ms (2³¹ − 1). */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The token that a request was let in by. */
export interface Watched {
  record: TokenRecord;
  /** SHA-256 of the secret, hex. */
  hash: string;
  /** What the request is for. */
  provider: Provider;
}

/** Its own guard says it, so its form needs no more than a look. */
function lineRefusalOf(news: unknown): LineRefusal["refusal"] | null {
  return typeof news === "object" && news !== null && "refusal" in news ? (news as LineRefusal).refusal : null;
}

/** Who hears of what a watch sees. */
export interface Heard {
  /**
   * Called at most once, when the token was disabled, deleted, rotated away or has expired, is no longer for this provider, or
   * has nothing left for a socket's next turn.
   */
  onDead: (refusal: Refusal) => void;
  /** Called at most once, when what is watched has lasted for some seconds. */
  onLasting: () => void;
}

/** One watch. Everything it holds ends with `stop`. */
class Watch {
  readonly #bindings: Bindings;
  readonly #hash: string;
  readonly #provider: Provider;
  readonly #onDead: (refusal: Refusal) => void;
  readonly #onLasting: () => void;
  readonly #permit: string | null;
  /** ms since 1970. */
  readonly #begin = Date.now();
  #record: TokenRecord;
  #line: WebSocket | null = null;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #over = false;

  constructor(
    bindings: Bindings,
    { record, hash, provider }: Watched,
    { onDead, onLasting }: Heard,
    permit: string | null,
  ) {
    this.#bindings = bindings;
    this.#permit = permit;
    this.#record = record;
    this.#hash = hash;
    this.#provider = provider;
    this.#onDead = onDead;
    this.#onLasting = onLasting;
    this.#waitForEnd();
    this.#in(PATIENCE_MS, () => {
      this.#onLasting();
      void this.#listen();
    });
  }

  stop(): void {
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#line?.close(1000);
    this.#line = null;
  }

  #in(milliseconds: number, work: () => void): void {
    if (!this.#over) this.#timers.push(setTimeout(work, Math.min(milliseconds, LONGEST_TIMER_MS)));
  }

  /** An expiry or a rotation's grace ends without anyone acting, so nobody would tell. */
  #waitForEnd(): void {
    const secret = this.#record.secrets.find(({ hash }) => hash === this.#hash);
    for (const at of [this.#record.expiresAt, secret?.endsAt ?? null]) {
      if (at !== null) this.#in(Math.max(0, at - Date.now()) + 1, () => this.#judge());
    }
  }

  #judge(): void {
    if (this.#over) return;
    const standing = standingOf(this.#record, this.#hash, Date.now());
    const refusal = this.#refusalFor(standing);
    if (refusal !== null) this.#die(refusal);
  }

  #die(refusal: Refusal): void {
    if (this.#over) return;
    this.stop();
    this.#onDead(refusal);
  }

  #refusalFor(standing: Standing): Refusal | null {
    const { providers } = this.#record;
    if (standing.standing === "unknown") return { code: "unknown_token" };
    if (standing.standing === "expired") return { code: "expired_token", at: standing.at };
    if (providers.includes(this.#provider)) return null;
    return { code: "provider_not_allowed", provider: this.#provider, allowed: providers };
  }

  #hear(news: unknown): void {
    const refusal = lineRefusalOf(news);
    if (refusal !== null) return this.#die(refusal);
    const record = checkRecord(news);
    const newest = newerRecord(record, this.#record);
    if (newest === null || newest === this.#record) return;
    this.#record = newest;
    this.#waitForEnd();
    this.#judge();
  }

  async #listen(): Promise<void> {
    if (this.#over) return;
    const guard = this.#bindings.guards.getByName(guardName(this.#record.id));
    try {
      const url = new URL(WATCH_URL);
      // An age and not a time: two machines' clocks needn't agree.
      url.searchParams.set(AGE_PARAMETER, String(Date.now() - this.#begin));
      if (this.#permit !== null) url.searchParams.set(PERMIT_PARAMETER, this.#permit);
      const { webSocket } = await guard.fetch(url, { headers: { upgrade: "websocket" } });
      if (webSocket === null) throw new Error("the guard opened no line");
      webSocket.accept();
      if (this.#over) return webSocket.close(1000);
      this.#line = webSocket;
      webSocket.addEventListener("message", ({ data }) => {
        if (typeof data === "string") this.#hear(JSON.parse(data));
      });
      const again = (): void => this.#in(RETRY_MS, () => void this.#listen());
      webSocket.addEventListener("close", again);
      webSocket.addEventListener("error", again);
    } catch (error) {
      // The stream goes on by what was known when it began, as new requests go by KV's word.
      log("warn", "watch_failed", { token: this.#record.id, reason: String(error) });
      this.#in(RETRY_MS, () => void this.#listen());
    }
  }
}

/**
 * Watches a token while a request, a stream or a socket that it opened is on its way. Short ones cost nothing; for longer
 * ones the guard holds a hibernating WebSocket and tells of every change at once.
 *
 * @param watched the token as it was when the request was let in
 * @param heard who hears of what is seen
 * @param permit that the guard granted: its request counts as alive while the line is open; null: the guard granted none
 * @returns ends the watch
 */
export function watchToken(bindings: Bindings, watched: Watched, heard: Heard, permit: string | null): () => void {
  const watch = new Watch(bindings, watched, heard, permit);
  return () => watch.stop();
}
