import type { Asked, LimitRefusal } from "../permits.ts";
import type { Amount, Hold } from "./books.ts";
import { nanosOf, wholeTokens } from "../usage/money.ts";

/** What a reservation remembers of its ask. */
export type Remembered = Asked & {
  /** Of a lease: how many permits may still be granted from it; its estimate is what is left of it. Left out: no lease. */
  leased?: number;
};

/** A permit that was granted and isn't settled yet; or a lease that wasn't given back yet. */
export interface Reservation extends Hold {
  /** Or the lease's name. */
  permit: string;
  /** When the request was granted, ms since 1970. `heldAt` is later where a part of it was settled since. */
  grantedAt: number;
  /** Place of the last part that was settled; 0: none was. */
  part: number;
  /** It was given up and counts as its estimate: `seq` of that line. Null: its request is on its way. */
  lapsedAs: number | null;
  /** Why it may not go on after its last part, which is all that it holds then; null: it may. */
  over: LimitRefusal | null;
  asked: Remembered;
}

type Row = {
  permit: string;
  granted_at: number;
  held_at: number;
  part: number;
  lapsed_as: number | null;
  over: string | null;
  asked: string;
};

/** What is held for a call: its estimate, as the books count it. What has no known price holds no money. */
export const amountOfEstimate = ({ estimate }: Pick<Asked, "estimate">): Amount => ({
  nanos: nanosOf(estimate.micros),
  tokens: wholeTokens(estimate.tokens),
});

/** A reservation as it is granted. */
export const newReservation = (permit: string, at: number, amount: Amount, asked: Remembered): Reservation => ({
  permit,
  grantedAt: at,
  heldAt: at,
  ...amount,
  part: 0,
  lapsedAs: null,
  over: null,
  asked,
});

/** Tells whether it is a lease. */
export const isLease = ({ asked }: Reservation): boolean => asked.leased !== undefined;
/** Tells whether a reservation has a place among the running requests. */
export const isRunning = (one: Reservation): boolean => one.lapsedAs === null && !isLease(one);
/** Tells whether a reservation holds something of the budgets. */
export const isHeld = ({ lapsedAs, over }: Reservation): boolean => lapsedAs === null && over === null;

/** All of them, oldest grant first. */
export function loadReservations(sql: SqlStorage): Reservation[] {
  return sql.exec<Row>("SELECT * FROM reservations ORDER BY granted_at").toArray().map(reservationOf);
}

function reservationOf(row: Row): Reservation {
  const asked = JSON.parse(row.asked) as Remembered;
  return {
    permit: row.permit,
    grantedAt: row.granted_at,
    heldAt: row.held_at,
    ...amountOfEstimate(asked),
    part: row.part,
    lapsedAs: row.lapsed_as,
    over: row.over === null ? null : (JSON.parse(row.over) as LimitRefusal),
    asked,
  };
}

/** Writes one row, new or in the place of the one before. */
export function saveReservation(sql: SqlStorage, reservation: Reservation): void {
  const { permit, grantedAt, heldAt, part, lapsedAs, over, asked } = reservation;
  sql.exec(
    "INSERT OR REPLACE INTO reservations VALUES (?, ?, ?, ?, ?, ?, ?)",
    permit,
    grantedAt,
    heldAt,
    part,
    lapsedAs,
    over === null ? null : JSON.stringify(over),
    JSON.stringify(asked),
  );
}

/** Deletes one row. */
export const dropReservation = (sql: SqlStorage, permit: string): void => {
  sql.exec("DELETE FROM reservations WHERE permit = ?", permit);
};
