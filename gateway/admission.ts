import type { Bindings } from "./bindings.ts";
import { withoutCapability } from "./capability.ts";
import { findToken } from "./lookup.ts";
import { Refused } from "./refusals.ts";
import { admit, type Permit } from "./stages/admit.ts";
import { authorize } from "./stages/authorize.ts";
import { candidatesOf, type Identity } from "./stages/identify.ts";
import type { Target } from "./target.ts";
import { capabilityOf, findOpener, openerOf, type Opener } from "./upload.ts";
import type { Watched } from "./watch.ts";

/** Takes work that goes on behind a request. */
export type Later = (work: Promise<void>) => void;

/** A request that may go upstream. */
export interface Admitted {
  token: Watched;
  permit: Permit;
  opener: Opener;
  /** As it goes upstream. */
  target: Target;
}

/**
 * Lets a request in: finds its token (or the one behind an upload's capability), authorizes and admits it.
 *
 * @param target its path and query, as they were meant
 * @throws Refused where it isn't let in
 */
export async function admitted(
  identity: Identity,
  request: Request,
  target: Target,
  bindings: Bindings,
  later: Later,
): Promise<Admitted> {
  const now = Date.now();
  const { route } = identity;
  const capability = capabilityOf(route, target);
  // Beside a token, a capability opens nothing: the token's own rules count.
  const alone = capability !== null && identity.credentials.length === 0;
  const found = alone
    ? await findOpener(capability, request, target, bindings, now)
    : await Promise.all(candidatesOf(identity).map((candidate) => findToken(bindings, candidate, now, later)));
  const token = authorize(found, route, target.path, now);
  // `authorize` lets nothing pass that has no route.
  if (route === null) throw new Refused({ code: "missing_token" });
  const opener = openerOf(token, { capability, alone }, now);
  const sent = capability === null ? target : { path: target.path, query: withoutCapability(target.query) };
  return { token, permit: admit(bindings, token.record, route, now), opener, target: sent };
}
