import { withDeadline } from "../shared/deadline.ts";
import type { TokenRecord } from "../shared/record.ts";
import type { Later } from "./admission.ts";
import type { Bindings } from "./bindings.ts";
import { guardName } from "./guard/guard.ts";
import { log } from "./log.ts";
import type { Ask, Asked, Settlement } from "./permits.ts";
import { Desk, type Flight } from "./telling/desk.ts";
import type { Leasehold } from "./telling/leasehold.ts";

/** How long what is told waits for more, in ms. */
const GATHER_MS = 200;
/** The same where a guard granted something of it, or more waits than goes at once. */
const GATHER_URGENT_MS = 20;
/** Settlements in one call. */
const MOST_AT_ONCE = 100;
/** How long one call may take, in ms. */
const DEADLINE_MS = 5_000;
/** The first wait before another try, in ms; each next one is twice as long. */
const BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 3_000;
/** How long a settlement is tried to be told, in ms: a request's work may go on for 30 s behind its answer. */
const GIVE_UP_MS = 25_000;
/** How long one request tells for others too, in ms. Then the next that comes takes over: it has its own 30 s ahead of it. */
const SHIFT_MS = 10_000;
/** How long after its deadline a call's request counts as cancelled, in ms. */
const SLACK_MS = 2_000;

/** How many desks are kept though there is nothing to tell: some 100 bytes each. */
const MOST_DESKS = 5_000;

/** By token id. */
const desks = new Map<string, Desk>();

/** Forgets everything, and ends what tells it; for tests, whose storage is emptied under the isolate's feet. */
export function forgetTelling(): void {
  for (const desk of desks.values()) desk.shiftSince = null;
  desks.clear();
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

function deskOf(tokenId: string): Desk {
  const desk = desks.get(tokenId) ?? new Desk();
  desks.set(tokenId, desk);
  return desk;
}

function forgetEmpty(tokenId: string, desk: Desk): void {
  // How hot a token is, is remembered at its desk.
  if (desks.size > MOST_DESKS && desk.isEmpty && desk.shiftSince === null && desks.get(tokenId) === desk)
    desks.delete(tokenId);
}

/** Tells what may be told now, and wishes for a lease where the token is hot. @returns whether it was told */
async function tellOnce(bindings: Bindings, tokenId: string, desk: Desk): Promise<boolean> {
  const now = Date.now();
  const flight = desk.take(MOST_AT_ONCE, () => true, now, DEADLINE_MS + SLACK_MS);
  const { settlements, returned } = flight;
  const wish = desk.leases.wish(crypto.randomUUID(), now);
  if (settlements.length === 0 && returned.length === 0 && wish === null) return true;
  let wereTold = false;
  try {
    const guard = bindings.guards.getByName(guardName(tokenId));
    const lease = await withDeadline(guard.settle(settlements, returned, wish), DEADLINE_MS, "guard");
    // A guard of before leases answers nothing, while a deployment spreads.
    if (lease) desk.leases.hold(lease, now);
    wereTold = true;
  } catch (error) {
    log("warn", "settle_failed", { token: tokenId, count: settlements.length, reason: String(error) });
    if (wish !== null) desk.giveBack(wish.lease, now);
  }
  flight.land(wereTold);
  return wereTold;
}

/** One request's shift: tells what all requests of the isolate have to tell this guard, until nothing is left. */
async function workShift(bindings: Bindings, tokenId: string, desk: Desk): Promise<void> {
  const since = Date.now();
  desk.shiftSince = since;
  for (let backoff = BACKOFF_MS; desk.hasWaiting;) {
    await sleep(desk.isUrgent(MOST_AT_ONCE) ? GATHER_URGENT_MS : GATHER_MS);
    // Another request has taken over.
    if (desk.shiftSince !== since) return;
    if (await tellOnce(bindings, tokenId, desk)) {
      backoff = BACKOFF_MS;
      continue;
    }
    // What a guard granted counts as its estimate there.
    const count = desk.drop(Date.now() - GIVE_UP_MS);
    if (count > 0) log("error", "settlements_lost", { token: tokenId, count });
    await sleep(backoff);
    backoff = Math.min(LONGEST_BACKOFF_MS, backoff * 2);
  }
  if (desk.shiftSince === since) desk.shiftSince = null;
  forgetEmpty(tokenId, desk);
}

function seeToIt(bindings: Bindings, tokenId: string, desk: Desk, later: Later): void {
  // One that is too old may be over without a word: its request was cancelled.
  const isWorking = desk.shiftSince !== null && Date.now() - desk.shiftSince < SHIFT_MS;
  if (!isWorking) later(workShift(bindings, tokenId, desk));
}

/**
 * Tells a token's guard what a request used, behind the requests and several at once: what is told within a moment goes
 * in one call, and what fails is tried again.
 *
 * @param tokenId whose guard
 * @param later takes the work
 */
export function tellGuard(bindings: Bindings, tokenId: string, settlement: Settlement, later: Later): void {
  const desk = deskOf(tokenId);
  desk.add(settlement, Date.now());
  seeToIt(bindings, tokenId, desk, later);
}

/**
 * Grants a permit out of a lease that this isolate holds.
 *
 * @param record that the request was authorized by
 * @param ask what its guard would be asked
 * @returns null: its guard has to be asked
 */
export function grantLeased(
  { id, version }: Pick<TokenRecord, "id" | "version">,
  ask: Asked & Pick<Ask, "permit">,
  now: number,
): ReturnType<Leasehold["grant"]> {
  const { permit, at, provider, route, endpoint, model, estimate } = ask;
  const asked = { at, provider, route, endpoint, model, estimate };
  const { leases } = deskOf(id);
  leases.note(asked, version, now);
  return leases.grant(permit, asked, version, now);
}

/**
 * Takes settlements along to a token's guard, which is asked something anyway; and all leases of it: whoever asks must not be
 * refused what is held for nobody but their own isolate.
 *
 * @param tokenId whose guard
 * @param forMs how long the asking may take, ms
 * @param later takes the work, where the guard wasn't told after all
 */
export function takeAlong(bindings: Bindings, tokenId: string, forMs: number, later: Later): Flight {
  const desk = desks.get(tokenId);
  if (desk === undefined) return { settlements: [], returned: [], land: () => undefined };
  desk.leases.retire(Date.now());
  // Parts go by themselves: an ask may wait in the guard's queue, and a part's next one would have to wait for its answer.
  const flight = desk.take(MOST_AT_ONCE, ({ more }) => !more, Date.now(), forMs + SLACK_MS);
  const land = (wereTold: boolean): void => {
    flight.land(wereTold);
    if (desk.hasWaiting) seeToIt(bindings, tokenId, desk, later);
    forgetEmpty(tokenId, desk);
  };
  return { ...flight, land };
}
