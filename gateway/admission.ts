import { hasMoneyBudget } from "../shared/policy.ts";
import type { Bindings } from "./bindings.ts";
import type { CallBody } from "./call.ts";
import { withoutCapability } from "./capability.ts";
import { findToken, type Found } from "./lookup.ts";
import { pricesOf } from "./pricing/prices.ts";
import { readCall } from "./reading/read.ts";
import { Refused } from "./refusals.ts";
import { isSocketRequest } from "./sockets/endpoints.ts";
import { admit, type Permit } from "./stages/admit.ts";
import { type Asked, authorize, authorizeCall } from "./stages/authorize.ts";
import { candidatesOf, type Identity } from "./stages/identify.ts";
import type { Target } from "./target.ts";
import { capabilityOf, findOpener, openerOf, uploadKeyOf, type Opener } from "./upload.ts";
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
  body: CallBody;
}

/** More changes of a record than this while one request asks for its permit are no owner's doing. */
const MOST_CHANGES = 3;

class AskedByRequest implements Asked {
  readonly route: Asked["route"];
  readonly method: string;
  readonly path: string;
  readonly socket: boolean;
  readonly #request: Request;

  constructor(request: Request, route: Asked["route"], path: string) {
    this.#request = request;
    this.route = route;
    this.method = request.method;
    this.path = path;
    this.socket = isSocketRequest(request);
  }

  // Both are set by Cloudflare on every request; a client can't. Few tokens ask for them, and `cf` is parsed at the first look.
  get address(): string | null {
    return this.#request.headers.get("cf-connecting-ip");
  }

  get country(): string | null {
    const country = this.#request.cf?.country;
    return typeof country === "string" ? country : null;
  }
}

/** What a request asks for, and from where. */
export const askedOf = (request: Request, route: Asked["route"], path: string): Asked =>
  new AskedByRequest(request, route, path);

/**
 * Lets a request in: finds its token (or the one behind an upload's capability), authorizes it, reads of it what its
 * policy goes by, and admits it.
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
  const uploadKey = capability === null ? null : await uploadKeyOf(capability, target, bindings);
  let found: readonly Found[] = alone
    ? await findOpener(capability, request, uploadKey, bindings, now)
    : await Promise.all(candidatesOf(identity).map((candidate) => findToken(bindings, candidate, now, later)));
  const asked = askedOf(request, route, target.path);
  const sent = capability === null ? target : { path: target.path, query: withoutCapability(target.query) };
  let token = authorize(found, asked, now);
  const { call, body } = await readCall(request, sent, token.endpoint, token.record);
  for (let changes = 0; changes < MOST_CHANGES; changes++) {
    const opener = openerOf(token, { capability, alone }, now);
    authorizeCall(token, call);
    const prices = await pricesOf(bindings, hasMoneyBudget(token.record), now, later);
    const admission = await admit(token, call, prices, { bindings, later, now });
    if (!("newer" in admission)) {
      if (uploadKey !== null) Object.assign(admission, { key: uploadKey, keyIsFixed: true });
      return { token, permit: admission, opener, target: sent, body };
    }
    // The owner has changed the token since its record was read here: what was allowed by the old one may not be now.
    found = [{ hash: token.hash, record: admission.newer }];
    token = authorize(found, asked, Date.now());
  }
  throw new Refused({ code: "token_check_unavailable" });
}
