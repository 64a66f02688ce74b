import { tokenShape } from "../../shared/token.ts";
import { askedOf } from "../admission.ts";
import { findToken } from "../lookup.ts";
import { Refused } from "../refusals.ts";
import { elsewhere, liveToken } from "../stages/authorize.ts";
import { candidatesOf, identify, type Identity } from "../stages/identify.ts";
import type { Watched } from "../watch.ts";
import type { Visit } from "./visit.ts";

/** Somebody who has shown a live token. */
export type Holder = Pick<Watched, "record" | "hash">;

async function holderAmong(identity: Identity, visit: Visit): Promise<Holder> {
  const { request, target, bindings, later, now } = visit;
  const candidates = candidatesOf(identity);
  const found = await Promise.all(candidates.map((one) => findToken(bindings, one, now, later)));
  const holder = liveToken(found, now);
  // A thief outside the networks must not be able to take the token over, nor to look around. At any hour of the week:
  // a holder may look when it works again.
  const outside = elsewhere(holder.record, askedOf(request, null, target.path));
  if (outside !== null) throw new Refused(outside, holder.record.id);
  return holder;
}

/**
 * Who asks, by the token in any slot of the request.
 *
 * @throws Refused `missing_token`, `unknown_token`, `expired_token`, `ambiguous_token`, `network_not_allowed`,
 *   `country_not_allowed`, `token_check_unavailable`
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
