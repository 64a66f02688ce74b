import { Refused } from "../refusals.ts";
import { LONGEST_GRACE, revoke, rotate } from "./acts.ts";
import { factsFor } from "./facts.ts";
import { holderOf } from "./holder.ts";
import { refuseOtherSites, textOf, type Visit } from "./visit.ts";

/** Answers with JSON that nobody stores. */
export const json = (body: object): Response => Response.json(body, { headers: { "cache-control": "no-store" } });

/** A body that is no good. */
export const unreadable = (problem: string): Refused => new Refused({ code: "unreadable_request", problem });

/**
 * Reads how long an old secret shall go on working.
 *
 * @param value seconds; undefined: not at all
 * @throws Refused `unreadable_request`
 */
export function graceIn(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= LONGEST_GRACE) return value;
  throw unreadable(`"graceSeconds" must be a whole number from 0 to ${LONGEST_GRACE}.`);
}

/**
 * The JSON object in a body; an empty one where there is none.
 *
 * @throws Refused `unreadable_request`
 */
export async function objectIn(request: Request): Promise<object> {
  const text = await textOf(request);
  if (text.trim() === "") return {};
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below, like everything else that is no object.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unreadable("The body is no JSON object.");
  return value;
}

/** `GET /-/me`: what the token may do, has used and has left. */
export async function showMe(visit: Visit): Promise<Response> {
  return json(await factsFor(await holderOf(visit), visit));
}

/** `POST /-/me/rotate`: a new secret. Its answer alone has it. */
export async function rotateMe(visit: Visit): Promise<Response> {
  refuseOtherSites(visit.request);
  const { graceSeconds, ...others }: { graceSeconds?: unknown } = await objectIn(visit.request);
  const [other] = Object.keys(others);
  if (other !== undefined) throw unreadable(`There is no field "${other.slice(0, 100)}" here, only "graceSeconds".`);
  const grace = graceIn(graceSeconds);
  return json(await rotate(await holderOf(visit), grace, visit));
}

/** `POST /-/me/revoke`: the end of the token, until its owner says otherwise. */
export async function revokeMe(visit: Visit): Promise<Response> {
  refuseOtherSites(visit.request);
  const holder = await holderOf(visit);
  await revoke(holder, visit);
  return json({ token: holder.record.id, revoked: true });
}
