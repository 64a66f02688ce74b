import type { TokenRecord } from "../../shared/record.ts";
import type { EndedByOwner, LimitRefusal, LineRefusal } from "../permits.ts";

/** Lines to watchers (`gateway/watch.ts`): hibernating WebSockets, so that an idle one costs nothing. */
export class Lines {
  readonly #ctx: DurableObjectState;
  /** When the last line of a permit ended, ms since 1970. A watcher that lives opens another one within seconds. */
  readonly #endedAt = new Map<string, number>();

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  /**
   * Opens a line.
   *
   * @param permit of the watcher's request; null: the guard granted none
   * @param news what it is told at once
   * @returns the answer to the watcher
   */
  open(permit: string | null, ...news: (TokenRecord | LineRefusal | null)[]): Response {
    const { 0: watcher, 1: own } = new WebSocketPair();
    this.#ctx.acceptWebSocket(own, permit === null ? [] : [permit]);
    for (const one of news) own.send(JSON.stringify(one));
    return new Response(null, { status: 101, webSocket: watcher });
  }

  /**
   * Notes that a line has ended.
   *
   * @returns whether it was of a permit
   */
  ended(line: WebSocket, now: number): boolean {
    const permits = this.#ctx.getTags(line);
    for (const permit of permits) this.#endedAt.set(permit, now);
    return permits.length > 0;
  }

  /** Tells every watcher of a record. */
  tell(record: TokenRecord): void {
    for (const line of this.#ctx.getWebSockets()) send(line, record);
  }

  /** Tells a permit's watcher that its request may not go on. */
  end(permit: string, refusal: LimitRefusal): void {
    for (const line of this.#ctx.getWebSockets(permit)) send(line, { refusal });
  }

  /**
   * Tells every watcher that its request may not go on.
   *
   * @returns how many there were
   */
  endAll(refusal: EndedByOwner): number {
    const lines = this.#ctx.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN);
    for (const line of lines) send(line, { refusal });
    return lines.length;
  }

  /** Tells whether a permit's request has a line. */
  isOpen(permit: string): boolean {
    return this.#ctx.getWebSockets(permit).some(({ readyState }) => readyState === WebSocket.OPEN);
  }

  /** When the last line of a permit ended, ms since 1970; 0: it had none, as far as is remembered. */
  endedAt(permit: string): number {
    return this.#endedAt.get(permit) ?? 0;
  }

  /** Forgets permits that are over. */
  forget(isOver: (permit: string) => boolean): void {
    for (const permit of this.#endedAt.keys()) if (isOver(permit)) this.#endedAt.delete(permit);
  }
}

function send(line: WebSocket, news: TokenRecord | LineRefusal): void {
  try {
    line.send(JSON.stringify(news));
  } catch {
    // It was lost just now; its watcher opens another one, and hears then.
  }
}
