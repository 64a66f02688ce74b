import type { TokenRecord } from "../../shared/record.ts";
import { standingOf } from "../../shared/standing.ts";
import { findToken, type Found } from "../lookup.ts";
import { Refused } from "../refusals.ts";
import { candidatesOf, identify, type Identity } from "../stages/identify.ts";
import { tokenShape } from "../../shared/token.ts";
import type { Visit } from "./visit.ts";

/** Somebody who has shown a live token. */
export interface Holder {
  record: TokenRecord;
  /** SHA-256 of the secret that was shown, hex. */
  hash: string;
}

/**
 * The one live token among those that were found.
 *
 * @param now ms since 1970
 * @throws Refused `unknown_token`, `expired_token`, `ambiguous_token`
 */
export function liveOne(found: readonly Found[], now: number): Holder {
  const live = new Map<string, Holder>();
  let expiredAt: number | null = null;
  for (const { hash, record } of found) {
    const standing = standingOf(record, hash, now);
    if (standing.standing === "live" && record !== null) live.set(record.id, { record, hash });
    if (standing.standing === "expired") expiredAt = standing.at;
  }
  const [holder, second] = live.values();
  if (second !== undefined) throw new Refused({ code: "ambiguous_token" });
  if (holder !== undefined) return holder;
  throw new Refused(expiredAt === null ? { code: "unknown_token" } : { code: "expired_token", at: expiredAt });
}

async function holderAmong(identity: Identity, { bindings, later, now }: Visit): Promise<Holder> {
  const candidates = candidatesOf(identity);
  return liveOne(await Promise.all(candidates.map((one) => findToken(bindings, one, now, later))), now);
}

/**
 * Who asks, by the token in any slot of the request.
 *
 * @throws Refused `missing_token`, `unknown_token`, `expired_token`, `ambiguous_token`, `token_check_unavailable`
 */
export function holderOf(visit: Visit): Promise<Holder> {
  return holderAmong(identify(visit.request.headers, visit.target, null), visit);
}

/**
 * Who asks, by the token that was typed into a form.
 *
 * @throws as `holderOf`
 */
export function holderTyping(typed: string, visit: Visit): Promise<Holder> {
  const credentials = typed === "" ? [] : [typed];
  const candidates = credentials.filter((credential) => tokenShape(credential) !== null);
  return holderAmong({ route: null, credentials, candidates }, visit);
}
