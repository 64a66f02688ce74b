import type { SignInAdmission } from "./reports.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** How failures turn into waiting. Times in ms. */
export interface DelayRule {
  /** This many failures cost nothing. */
  free: number;
  /** The first delay; it doubles with each further failure. */
  first: number;
  /** No delay is longer. */
  cap: number;
  /** One failure is forgotten after each such time without another. */
  forget: number;
}

/** For one address: five tries at once, then 1 s, 2 s, 4 s, … up to a quarter of an hour. */
export const PER_ADDRESS: DelayRule = { free: 5, first: SECOND, cap: 15 * MINUTE, forget: 15 * MINUTE };

/** For all addresses together: twenty tries at once, then one in 1 s, 2 s, … up to half a minute. */
export const OVERALL: DelayRule = { free: 20, first: SECOND, cap: 30 * SECOND, forget: MINUTE };

/** An address that the overall rule made wait this long gets its try, whoever else is trying: nobody locks the owner out. */
export const PATIENCE = MINUTE;

/**
 * So many addresses at a time are promised that. A promise for each would let whoever has many addresses guess as often as
 * they have addresses, and write as many rows.
 */
export const WAITING_AT_ONCE = 32;

/** An address from which somebody signed in this recently isn't held up by what others do. */
export const TRUSTED_FOR = 30 * DAY;

/** Failures and the time of the last one, ms since 1970. */
export interface Failures {
  failures: number;
  at: number;
}

/** What is known of one address. Times are ms since 1970. */
export interface AddressState extends Failures {
  /** Since when the overall rule has been holding it up; null: it doesn't. */
  waitingSince: number | null;
  /** When somebody last signed in from there; null: never. */
  signedInAt: number | null;
}

/** The failures that still count at `now`. */
export function remembered(state: Failures, rule: DelayRule, now: number): number {
  return Math.max(0, state.failures - Math.floor(Math.max(0, now - state.at) / rule.forget));
}

/** How long to wait after the last failure, in ms. */
export function delayAfter(failures: number, rule: DelayRule): number {
  return failures < rule.free ? 0 : Math.min(rule.cap, rule.first * 2 ** (failures - rule.free));
}

/** When the next try is allowed, ms since 1970; at or before `now`: at once. */
export function nextTryAt(state: Failures, rule: DelayRule, now: number): number {
  return Math.min(state.at, now) + delayAfter(remembered(state, rule, now), rule);
}

/**
 * Decides whether a password may be tried.
 *
 * @param own the address's state
 * @param all the state of all addresses together
 * @returns the time of the next try, at or before `now` where it may go ahead; and whether it is the others' fault
 */
export function judgeTry(own: AddressState, all: Failures, now: number): { at: number; heldUpByOthers: boolean } {
  const ownAt = nextTryAt(own, PER_ADDRESS, now);
  if (ownAt > now) return { at: ownAt, heldUpByOthers: false };
  if (own.signedInAt !== null && now - own.signedInAt < TRUSTED_FOR) return { at: now, heldUpByOthers: false };
  const patienceEnds = (own.waitingSince ?? now) + PATIENCE;
  const at = Math.min(nextTryAt(all, OVERALL, now), patienceEnds);
  return { at, heldUpByOthers: at > now };
}

const EVERYBODY = "*";
const UNSEEN: AddressState = { failures: 0, at: 0, waitingSince: null, signedInAt: null };
type Row = { failures: number; at: number; waiting_since: number | null; signed_in_at: number | null };

function readState(sql: SqlStorage, address: string): AddressState {
  const [row] = sql.exec<Row>("SELECT * FROM throttle WHERE address = ?", address).toArray();
  if (row === undefined) return UNSEEN;
  return { failures: row.failures, at: row.at, waitingSince: row.waiting_since, signedInAt: row.signed_in_at };
}

function writeState(sql: SqlStorage, address: string, state: AddressState): void {
  sql.exec(
    "INSERT OR REPLACE INTO throttle (address, failures, at, waiting_since, signed_in_at) VALUES (?, ?, ?, ?, ?)",
    address,
    state.failures,
    state.at,
    state.waitingSince,
    state.signedInAt,
  );
}

/** Whether one more address may be promised its try. Whoever hasn't come back for theirs makes room. */
function hasRoom(sql: SqlStorage, now: number): boolean {
  const query = "SELECT count(*) AS waiting FROM throttle WHERE waiting_since > ?";
  return sql.exec<{ waiting: number }>(query, now - 2 * PATIENCE).one().waiting < WAITING_AT_ONCE;
}

function countFailure(sql: SqlStorage, address: string, state: AddressState, rule: DelayRule, now: number): void {
  const failures = remembered(state, rule, now) + 1;
  writeState(sql, address, { ...state, failures, at: now, waitingSince: null });
}

/**
 * Asks for a try, and counts it as failed in the same breath, before the password is looked at: of guesses sent in
 * parallel none slips past the count. `forgiveTry` takes it back where the password was right.
 *
 * @param address what the rule per address goes by
 * @param now ms since 1970
 */
export function admitTry(sql: SqlStorage, address: string, now: number): SignInAdmission {
  const own = readState(sql, address);
  const all = readState(sql, EVERYBODY);
  const { at, heldUpByOthers } = judgeTry(own, all, now);
  if (at > now) {
    // Only the first refusal is written, and of some addresses alone: an attacker's flood costs no storage writes.
    const isPromised = heldUpByOthers && own.waitingSince === null && hasRoom(sql, now);
    if (isPromised) writeState(sql, address, { ...own, waitingSince: now });
    return { admitted: false, retryAfterSeconds: Math.ceil((at - now) / SECOND) };
  }
  countFailure(sql, address, own, PER_ADDRESS, now);
  countFailure(sql, EVERYBODY, all, OVERALL, now);
  sql.exec(
    "DELETE FROM throttle WHERE at < ?1 AND coalesce(waiting_since, 0) < ?1 AND coalesce(signed_in_at, 0) < ?2",
    now - DAY,
    now - TRUSTED_FOR,
  );
  return { admitted: true };
}

/** Clears an address's failures after a right password, and takes its last try out of the overall count. */
export function forgiveTry(sql: SqlStorage, address: string, now: number): void {
  writeState(sql, address, { failures: 0, at: now, waitingSince: null, signedInAt: now });
  const all = readState(sql, EVERYBODY);
  writeState(sql, EVERYBODY, { ...all, failures: Math.max(0, all.failures - 1) });
}
