import type { ErrorKind, RequestEntry } from "../../shared/usage.ts";
import type { Settlement } from "../permits.ts";
import { ROUTE_ROWS } from "../providers.ts";
import type { Refusal } from "../refusals.ts";
import type { Permit } from "../stages/admit.ts";
import { kindOfRefusal, kindOfStatus } from "./errors.ts";
import type { Charge } from "./used.ts";

/** How a request that had a permit ended. */
export type Outcome =
  | { ended: "answered"; status: number }
  /** The answer was followed to its end. */
  | { ended: "finished" | "cut" | "failed" | "client_gone"; status: number }
  /** A socket that was open: who ended it, and the code of the first close frame (1006: a connection was lost). */
  | { ended: "socket_closed"; by: "holder" | "provider" | "gateway"; code: number }
  | { ended: "refused"; code: Refusal["code"]; status: number }
  /** The client left before there was an answer, or the gateway failed. */
  | { ended: "client_gone" }
  | { ended: "failed" };

/** What an outcome says of the holder's request. */
type Verdict = Pick<RequestEntry, "status" | "refusedBy" | "code" | "error">;

/** 499 is what proxies log for a client that left. */
const CLIENT_GONE = 499;

const ENDS: Record<"finished" | "cut" | "failed" | "client_gone", ErrorKind | null> = {
  finished: null,
  cut: "cut",
  failed: "providerFailed",
  client_gone: "clientGone",
};

function ofProvider(status: number): Verdict {
  const error = kindOfStatus(status);
  if (error === null) return { status, refusedBy: null, code: null, error };
  return { status, refusedBy: "provider", code: "provider_error", error };
}

/** What became of a socket: one that the gateway cut was cut because its token died; a lost provider is a failure. */
function ofSocket({ by, code }: Extract<Outcome, { ended: "socket_closed" }>): Verdict {
  const isCut = by === "gateway";
  const isLost = by === "provider" && code !== 1000 && code !== 1001 && code !== 1005;
  const error = isCut ? "cut" : isLost ? "providerFailed" : null;
  return { status: 101, refusedBy: null, code: error === null ? null : isCut ? "cut" : `closed_${code}`, error };
}

function verdictOf(outcome: Outcome): Verdict {
  switch (outcome.ended) {
    case "answered":
      return ofProvider(outcome.status);
    case "socket_closed":
      return ofSocket(outcome);
    case "refused":
      return {
        status: outcome.status,
        refusedBy: "gateway",
        code: outcome.code,
        error: kindOfRefusal(outcome.code),
      };
    default: {
      const fallback = outcome.ended === "client_gone" ? CLIENT_GONE : 500;
      const error = "status" in outcome || outcome.ended === "client_gone" ? ENDS[outcome.ended] : "gateway";
      const status = "status" in outcome ? outcome.status : fallback;
      return { status, refusedBy: null, code: error === null ? null : outcome.ended, error };
    }
  }
}

/** Money of a charge, and whether it is an estimate. */
type Money = Pick<RequestEntry, "micros" | "estimated">;

/**
 * Money of a charge, in USD micro-dollars. An estimate is never above what was reserved. Under a budget in dollars something
 * unpriced in a call that had a price (another model served it) counts as what was reserved: as nothing, the budget
 * would be overspent.
 */
function moneyOf({ usage }: Charge, { prices, call, route, reserved: held, standing }: Permit, now: number): Money {
  const { provider } = ROUTE_ROWS[route];
  const { estimated } = usage;
  const micros = prices.cost(usage, provider, call.model, now);
  const reserved = held?.micros ?? null;
  if (reserved === null || reserved === 0) return { micros, estimated };
  const hasMoneyBudget = standing?.budgets.some(({ unit }) => unit === "usd") ?? false;
  if (micros === null) return hasMoneyBudget ? { micros: reserved, estimated: true } : { micros, estimated };
  return { micros: estimated ? Math.min(micros, reserved) : micros, estimated };
}

function used(charge: Charge | null, permit: Permit, now: number): Partial<RequestEntry> {
  if (charge === null) return {};
  const { counts, raw, model } = charge.usage;
  return { counts, raw, model: model ?? permit.call.model, ...moneyOf(charge, permit, now) };
}

/**
 * What the guard is told of a request.
 *
 * @param charge what it used; null: nothing
 * @param now ms since 1970
 */
export function settlementOf(permit: Permit, outcome: Outcome, charge: Charge | null, now: number): Settlement {
  const { id, route, call, openedAt, answeredAt, reserved, leased } = permit;
  const entry: RequestEntry = {
    id,
    at: openedAt,
    provider: ROUTE_ROWS[route].provider,
    route,
    endpoint: call.endpoint?.name ?? null,
    model: call.model,
    ...verdictOf(outcome),
    counts: null,
    raw: {},
    micros: null,
    estimated: false,
    ttfbMs: answeredAt === null ? null : Math.max(0, answeredAt - openedAt),
    durationMs: Math.max(0, now - openedAt),
    ...used(charge, permit, now),
  };
  const settlement = { entry, granted: reserved !== null, once: charge?.once ?? null, more: false };
  return leased === null ? settlement : { ...settlement, leased };
}

/** Where a part of a request stands in it. */
export interface PartPlace {
  /** From 1. */
  place: number;
  /** When it began, ms since 1970. */
  since: number;
  /** HTTP status of the whole; 101 for a socket. */
  status: number;
}

/**
 * A part of what a request used, told before the request is over: a turn of a socket, a line of a batch.
 *
 * @param charge what it used
 * @param now ms since 1970
 */
export function partOf(permit: Permit, charge: Charge, { place, since, status }: PartPlace, now: number): Settlement {
  const outcome: Outcome = { ended: "answered", status };
  const settlement = settlementOf({ ...permit, openedAt: since, answeredAt: null }, outcome, charge, now);
  return { ...settlement, entry: { ...settlement.entry, id: `${permit.id}.${place}` }, more: true };
}
