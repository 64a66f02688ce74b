import { DurableObject } from "cloudflare:workers";
import type { Applied } from "../../shared/control.ts";
import type { TokenRecord } from "../../shared/record.ts";
import type {
  RequestPage,
  RequestQuery,
  TokenActivity,
  UsageQuery,
  UsageReport,
  UsageRowPage,
  UsageRowQuery,
} from "../../shared/usage.ts";
import type {
  Answer,
  Ask,
  ClaimAct,
  ClaimAnswer,
  EndedByOwner,
  HolderAct,
  HolderAnswer,
  Lease,
  LeaseReturn,
  LeaseWish,
  Settlement,
} from "../permits.ts";
import { Acting } from "./acting.ts";
import { activityOf } from "./activity.ts";
import { Admissions } from "./admissions.ts";
import { Bell } from "./bell.ts";
import { Chores } from "./chores.ts";
import { Keeper } from "./keeper.ts";
import { takeLeaseBack } from "./leasing.ts";
import { Lines } from "./lines.ts";
import { Newest } from "./newest.ts";
import { readPage } from "./pages.ts";
import { hasLimits, type Rules, rulesOf } from "./rules.ts";
import { hasTables } from "./schema.ts";
import { settleAll } from "./settling.ts";
import { reportOfRows } from "../usage/report.ts";
import { readRows, rowsBetween } from "./usage-table.ts";

const POINTER = "pointer";
const ENDED_AT = "ended-at";
const ENDED: EndedByOwner = { code: "ended_by_owner" };

/** Where a guard takes watchers. Reached by its stub alone; the host is nobody's. */
export const WATCH_URL = "https://guard/watch";
/** The query parameter that names the permit of a watcher's request. */
export const PERMIT_PARAMETER = "permit";
/** The query parameter that tells how long a watcher's request has been on its way, in ms. */
export const AGE_PARAMETER = "age";

/**
 * The name of the guard that a generated token leads to, which is the token's own guard.
 *
 * @param id token id
 */
export const guardName = (id: string): string => id;

/**
 * The name of the object that a typed token leads to: its id can't be read off the secret, so an object named by the
 * hash points to the token's guard. Names of Durable Objects are never public.
 *
 * @param hash SHA-256 of the secret, hex
 */
export const pointerName = (hash: string): string => `hash:${hash}`;

/**
 * One Durable Object for each token: the truth about its liveness now, its limits, and what it used. Named by token id, so
 * that a rotated secret keeps it. Nothing is stored until the owner's word or a request of a known token arrives, so guesses
 * at tokens leave no storage behind.
 *
 * Whatever is answered, the runtime holds back until what was written before is on disk: no permit leaves before its
 * reservation is there.
 */
export class Guard extends DurableObject<GatewayEnv> {
  /** Tells the time, ms since 1970. No method, so RPC doesn't reach it; tests put another one in its place. */
  clock: () => number = Date.now;
  readonly #newest = new Newest(this.ctx.storage.kv, (record, before) => {
    this.#admissions.sendBack(record);
    this.#lines.tell(record);
    this.#chores.noteRecord(record, before);
  });
  readonly #keeper = new Keeper(this.ctx.storage, () => this.#id());
  readonly #lines = new Lines(this.ctx);
  readonly #bell = new Bell(this.ctx.storage);
  readonly #admissions = new Admissions(this.#keeper, () => this.clock());
  readonly #chores: Chores;
  readonly #acting: Acting;

  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    super(ctx, env);
    const parts = { keeper: this.#keeper, lines: this.#lines, bell: this.#bell };
    this.#chores = new Chores(parts, env.LEDGER, () => this.clock());
    this.#acting = new Acting({ newest: this.#newest, keeper: this.#keeper, chores: this.#chores }, ctx.storage);
    if (hasTables(ctx.storage)) void ctx.blockConcurrencyWhile(() => this.#bell.recall());
  }

  /** The token id; an object that a typed token leads to has no use of its own. */
  #id(): string {
    return this.#newest.get()?.id ?? this.ctx.id.name ?? "";
  }

  #rules(): Rules {
    return rulesOf(this.#newest.get(), this.#id());
  }

  /**
   * Tells what the owner last said about this token. The record comes whatever secret was shown: the caller must see that
   * a rotated secret is no longer in it.
   *
   * @returns the newest record that the guard was told of; null where it was never told of one
   */
  async recall(): Promise<{ record: TokenRecord | null }> {
    const record = this.#newest.get();
    if (record !== null) return { record };
    const id = this.ctx.storage.kv.get(POINTER);
    if (typeof id !== "string") return { record: null };
    // A copy: an RPC result that is handed on would keep the other guard's call open.
    const answer = await this.env.GUARD.getByName(guardName(id)).recall();
    return { record: answer.record };
  }

  /**
   * Takes a record, unless a newer one is known, or one that its holder has changed since: deliveries may arrive twice and
   * out of order.
   *
   * @throws where storage fails; the old record stays then
   */
  async apply(record: TokenRecord): Promise<Applied> {
    const kept = this.#newest.offer(record);
    // Answering before the write is on disk would let a crash bring a revoked token back.
    await this.ctx.storage.sync();
    return { version: kept?.version ?? record.version, kept };
  }

  /**
   * Makes this object lead from a typed secret to its token's guard. A hash never changes its token.
   *
   * @param id token id
   */
  async pointTo(id: string): Promise<void> {
    if (this.ctx.storage.kv.get(POINTER) === id) return;
    this.ctx.storage.kv.put(POINTER, id);
    await this.ctx.storage.sync();
  }

  /**
   * Opens a line to a watcher (`gateway/watch.ts`): the record now, and again with each change; and that the permit in the
   * address is over, or its request one that the owner has ended. The line hibernates, so an idle one costs nothing.
   */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const permit = searchParams.get(PERMIT_PARAMETER);
    const now = this.clock();
    const over = permit === null ? null : this.#keeper.read(now)?.reservations.get(permit)?.over;
    const refusal = over ?? (this.#isEnded(now - Number(searchParams.get(AGE_PARAMETER))) ? ENDED : null);
    const record = this.#newest.get();
    return refusal ? this.#lines.open(permit, record, { refusal }) : this.#lines.open(permit, record);
  }

  /** Whether the owner has ended what was on its way since `begin` (ms since 1970). */
  #isEnded(begin: number): boolean {
    return begin <= (this.ctx.storage.kv.get<number>(ENDED_AT) ?? 0);
  }

  /**
   * Ends every stream and socket that is open now. Young ones have no line yet: they hear of it when they open one, within
   * three seconds. New requests aren't touched.
   *
   * @returns how many have a line and were told at once
   */
  async endStreams(): Promise<number> {
    this.ctx.storage.kv.put(ENDED_AT, this.clock());
    const count = this.#lines.endAll(ENDED);
    await this.ctx.storage.sync();
    return count;
  }

  /** A watcher is done. Called by the platform. */
  override webSocketClose(line: WebSocket): void {
    line.close(1000);
    this.#lineEnded(line);
  }

  /** A watcher was lost. Called by the platform. */
  override webSocketError(line: WebSocket): void {
    this.#lineEnded(line);
  }

  #lineEnded(line: WebSocket): void {
    const now = this.clock();
    if (this.#lines.ended(line, now)) this.#chores.plan(now);
  }

  /** Gives up lost requests, tells the ledger, and throws away what is old. Called by the platform. */
  override async alarm(): Promise<void> {
    this.#bell.rang();
    const now = this.clock();
    if (this.#chores.giveUpLost(this.#rules(), now) > 0) this.#goOn();
    this.#chores.tidy(now);
    await this.#chores.report(() => this.#newest.get());
    this.#chores.plan(this.clock());
  }

  /**
   * Asks for a permit, or waits in the queue for one. Asking twice with the same id grants once. What is told along with it
   * counts first.
   *
   * @throws where the permit is over already, or storage fails; nothing was granted then
   */
  async admit(ask: Ask): Promise<Answer> {
    const kept = ask.record === null ? null : this.#newest.offer(ask.record);
    this.#settle(ask.settlements, ask.returned ?? []);
    const known = this.#newest.get();
    if (kept !== null) return { answer: "newer", record: kept };
    if (known === null || known.version < ask.version) return { answer: "older" };
    if (known.version > ask.version) return { answer: "newer", record: known };
    const rules = rulesOf(known, known.id);
    // Its limits went with this version: the caller judged by a record that isn't the one it named.
    if (!hasLimits(rules)) throw new Error("This token has no limits.");
    const answer = this.#admissions.ask(ask, rules);
    this.#chores.planNext(this.clock());
    return answer;
  }

  /**
   * Takes what requests used, and leases that are given back. Each settlement counts once, however often it arrives.
   *
   * @param wish for a lease; null: none
   * @returns the lease, where there is one to have
   */
  async settle(
    settlements: readonly Settlement[],
    returned: readonly LeaseReturn[] = [],
    wish: LeaseWish | null = null,
  ): Promise<Lease | null> {
    this.#settle(settlements, returned);
    const record = this.#newest.get();
    const lease = wish === null || record === null ? null : this.#admissions.lease(wish, record);
    this.#chores.planNext(this.clock());
    return lease;
  }

  #settle(settlements: readonly Settlement[], returned: readonly LeaseReturn[]): void {
    if (settlements.length === 0 && returned.length === 0) return;
    const now = this.clock();
    const rules = this.#rules();
    const endings = this.#keeper.write(now, (memory) => {
      const found = settleAll(memory, settlements, rules, now);
      for (const lease of returned) takeLeaseBack(memory, lease, now);
      return found;
    });
    for (const { permit, refusal } of endings) this.#lines.end(permit, refusal);
    this.#goOn();
    this.#chores.planNext(now);
  }

  #goOn(): void {
    const rules = this.#rules();
    if (hasLimits(rules)) this.#admissions.goOn(rules);
  }

  /** How the limits stand now, and when the token was used. */
  async activity(): Promise<TokenActivity> {
    const now = this.clock();
    return activityOf(this.#newest.get(), this.#keeper.read(now), this.#admissions.waiting, now);
  }

  /** The last requests, newest first; see `ControlApi.requests`. */
  async requests(query: Omit<RequestQuery, "tokenId">): Promise<RequestPage> {
    const memory = this.#keeper.read(this.clock());
    return memory === null ? { entries: [], next: null } : readPage(memory.sql, memory.tally, query);
  }

  /** This token's usage; see `ControlApi.usage`. */
  async usage(query: UsageQuery): Promise<UsageReport> {
    const now = this.clock();
    const memory = this.#keeper.read(now);
    return reportOfRows(memory === null ? [] : rowsBetween(memory.sql, query), query, now);
  }

  /** This token's usage, row by row; see `ControlApi.usageRows`. */
  async rows(query: UsageRowQuery): Promise<UsageRowPage> {
    const memory = this.#keeper.read(this.clock());
    return memory === null ? { rows: [], next: null } : readRows(memory.sql, query);
  }

  /** Does what the holder wants done to their own token, where the owner allows it (`holderMay`). */
  async act(act: HolderAct): Promise<HolderAnswer> {
    return this.#acting.act(act, this.clock());
  }

  /** Gives the token the secret that was made with its claim link, once. */
  async claim(act: ClaimAct): Promise<ClaimAnswer> {
    return this.#acting.claim(act, this.clock());
  }

  /** Answers, so that `/-/health` knows that guards do. */
  async ping(): Promise<"ok"> {
    return "ok";
  }
}
