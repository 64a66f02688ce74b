import type { UsageRow } from "../../shared/usage.ts";
import type { Books, Hold } from "./books.ts";
import type { Use } from "./limits.ts";
import { MinuteWindow } from "./minute.ts";
import { newestLines, REMEMBERED_MS } from "./pages.ts";
import { isHeld, isRunning, loadReservations, type Reservation } from "./reservations.ts";
import { loadTally, type Tally } from "./tally.ts";

/** How many ids are forgotten at a time. */
const SWEEP = 1_000;

/**
 * What a guard knows of its token's use, read from its storage once. Whatever changes it writes the same to storage in the
 * same transaction; where that fails, all of this is thrown away and read again.
 */
export class Memory implements Use {
  readonly tokenId: string;
  readonly sql: SqlStorage;
  readonly kv: SyncKvStorage;
  readonly tally: Tally;
  /** By permit. */
  readonly reservations: Map<string, Reservation>;
  readonly requests = new MinuteWindow();
  readonly tokens = new MinuteWindow();
  /** When each id was told, oldest first. */
  readonly told = new Map<string, number>();
  /** Whether the tally has to be saved. */
  isChanged = false;
  /** What the usage rows have to be changed by, by their keys. */
  readonly changes = new Map<string, UsageRow>();
  /** Permits of which a part was settled and more follows. */
  readonly renewals = new Set<Reservation>();
  /** Leases of which something was taken. */
  readonly drawn = new Set<Reservation>();
  waiting = 0;

  constructor(tokenId: string, { sql, kv }: Pick<DurableObjectStorage, "sql" | "kv">, now: number) {
    this.tokenId = tokenId;
    this.sql = sql;
    this.kv = kv;
    this.tally = loadTally(kv);
    this.reservations = new Map(loadReservations(sql).map((one) => [one.permit, one]));
    this.#remember(now);
  }

  get books(): Books {
    return this.tally.books;
  }

  get running(): number {
    let count = 0;
    for (const reservation of this.reservations.values()) if (isRunning(reservation)) count++;
    return count;
  }

  holds(): Hold[] {
    return [...this.reservations.values()].filter(isHeld);
  }

  /** Notes that an id was told, and forgets those that nobody will tell again. */
  note(id: string, now: number): void {
    this.told.set(id, now);
    if (this.told.size % SWEEP !== 0) return;
    for (const [oldest, at] of this.told) {
      if (at > now - REMEMBERED_MS) break;
      this.told.delete(oldest);
    }
  }

  /** What a restart has to know again: the ids of the last minutes, and the last minute's rates. */
  #remember(now: number): void {
    const lines = [];
    for (const line of newestLines(this.sql, this.tally)) {
      if (line.toldAt <= now - REMEMBERED_MS) break;
      lines.push(line);
    }
    for (const { id, toldAt, grantedAt, heldAt, tokens } of lines.toReversed()) {
      this.told.set(id, toldAt);
      if (grantedAt !== null) this.requests.add(grantedAt, 1);
      this.tokens.add(heldAt, tokens);
    }
    for (const reservation of this.reservations.values()) {
      const { permit, grantedAt, heldAt, asked } = reservation;
      if (isRunning(reservation)) this.requests.add(grantedAt, 1);
      if (isHeld(reservation) && asked.leased !== undefined) this.requests.hold(heldAt, asked.leased, permit);
      if (isHeld(reservation)) this.tokens.hold(reservation.heldAt, reservation.tokens, reservation.permit);
    }
  }
}
