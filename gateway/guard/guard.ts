import { DurableObject } from "cloudflare:workers";
import type { Applied } from "../../shared/control.ts";
import { checkRecord, type TokenRecord } from "../../shared/record.ts";
import type {
  RequestPage,
  RequestQuery,
  TokenActivity,
  UsageQuery,
  UsageReport,
  UsageRowPage,
  UsageRowQuery,
} from "../../shared/usage.ts";
import type { Answer, Ask, HolderAct, HolderAnswer, Settlement } from "../permits.ts";

const RECORD = "record";
const POINTER = "pointer";

/** Where a guard takes watchers. Reached by its stub alone; the host is nobody's. */
export const WATCH_URL = "https://guard/watch";
/** The query parameter that names the permit of a watcher's request. */
export const PERMIT_PARAMETER = "permit";

/** What a guard answers when it is asked about its token. */
export interface GuardAnswer {
  /** The newest record that the guard was told of; null where it was never told of one. */
  record: TokenRecord | null;
}

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
 * One Durable Object for each token: the truth about its liveness now. Named by token id, so that a rotated secret keeps
 * it. Nothing is stored until the owner's word arrives, so guesses at tokens leave no storage behind.
 *
 * Limits, spend and usage belong here too: `recall` is where a permit will be granted.
 */
export class Guard extends DurableObject<GatewayEnv> {
  /** Undefined until it was read from storage. */
  #record: TokenRecord | null | undefined;

  #known(): TokenRecord | null {
    if (this.#record === undefined) this.#record = checkRecord(this.ctx.storage.kv.get(RECORD));
    return this.#record;
  }

  /**
   * Tells what the owner last said about this token. The record comes whatever secret was shown: the caller must see that
   * a rotated secret is no longer in it.
   */
  async recall(): Promise<GuardAnswer> {
    const record = this.#known();
    if (record !== null) return { record };
    const id = this.ctx.storage.kv.get(POINTER);
    if (typeof id !== "string") return { record: null };
    // A copy: an RPC result that is handed on would keep the other guard's call open.
    const answer = await this.env.GUARD.getByName(guardName(id)).recall();
    return { record: answer.record };
  }

  /**
   * Takes a record, unless a newer one is known: deliveries may arrive twice and out of order.
   *
   * @throws where storage fails; the old record stays then
   */
  async apply(record: TokenRecord): Promise<Applied> {
    const known = this.#known();
    if (known !== null && known.version >= record.version) {
      return { version: known.version, kept: known.version > record.version ? known : null };
    }
    this.ctx.storage.kv.put(RECORD, record);
    // Answering before the write is on disk would let a crash bring a revoked token back.
    await this.ctx.storage.sync();
    this.#record = record;
    const news = JSON.stringify(record);
    for (const watcher of this.ctx.getWebSockets()) watcher.send(news);
    return { version: record.version, kept: null };
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
   * Opens a line to a watcher (`gateway/watch.ts`): the record now, and again with each change. The line hibernates, so an
   * idle one costs nothing.
   */
  override async fetch(): Promise<Response> {
    const { 0: watcher, 1: own } = new WebSocketPair();
    this.ctx.acceptWebSocket(own);
    own.send(JSON.stringify(this.#known()));
    return new Response(null, { status: 101, webSocket: watcher });
  }

  /** A watcher is done. Called by the platform. */
  override webSocketClose(watcher: WebSocket): void {
    watcher.close(1000);
  }

  /** Asks for a permit, or waits in the queue for one. Asking twice with the same id grants once. */
  async admit(_ask: Ask): Promise<Answer> {
    throw new Error("not built yet");
  }

  /** Takes what requests used. Each settlement counts once, however often it arrives. */
  async settle(_settlements: readonly Settlement[]): Promise<void> {
    throw new Error("not built yet");
  }

  /** How the limits stand now, and when the token was used. */
  async activity(): Promise<TokenActivity> {
    throw new Error("not built yet");
  }

  /** The last requests, newest first; see `ControlApi.requests`. */
  async requests(_query: Omit<RequestQuery, "tokenId">): Promise<RequestPage> {
    throw new Error("not built yet");
  }

  /** This token's usage; see `ControlApi.usage`. */
  async usage(_query: UsageQuery): Promise<UsageReport> {
    throw new Error("not built yet");
  }

  /** This token's usage, row by row; see `ControlApi.usageRows`. */
  async rows(_query: UsageRowQuery): Promise<UsageRowPage> {
    throw new Error("not built yet");
  }

  /** Does what the holder wants done to their own token, where the owner allows it (`holderMay`). */
  async act(_act: HolderAct): Promise<HolderAnswer> {
    throw new Error("not built yet");
  }

  /** Answers, so that `/-/health` knows that guards do. */
  async ping(): Promise<"ok"> {
    return "ok";
  }
}
