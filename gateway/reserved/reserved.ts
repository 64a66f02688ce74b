import type { Later } from "../admission.ts";
import type { Bindings } from "../bindings.ts";
import { failureOf } from "../failures.ts";
import { Refused } from "../refusals.ts";
import type { Target } from "../target.ts";
import { revokeMe, rotateMe, showMe } from "./api.ts";
import { showClaim, showClaimScript, takeClaim } from "./claim.ts";
import { revokeTyped, rotateTyped, showForm, showStyle, showToken } from "./forms.ts";
import { health } from "./health.ts";
import { isForm, type Visit } from "./visit.ts";

/** Where the gateway's own pages are. No provider has paths there. */
const RESERVED = "/-/";

type Work = (visit: Visit) => Promise<Response>;

/** A form wants a page, a program JSON. */
const eitherWay =
  (form: Work, program: Work): Work =>
  (visit) =>
    (isForm(visit.request) ? form : program)(visit);

const PAGES: Partial<Record<string, Partial<Record<string, Work>>>> = {
  "/-/": { GET: showForm, HEAD: showForm, POST: showToken },
  "/-/style.css": { GET: showStyle, HEAD: showStyle },
  "/-/claim": { GET: showClaim, HEAD: showClaim, POST: takeClaim },
  "/-/claim.js": { GET: showClaimScript, HEAD: showClaimScript },
  "/-/health": { GET: ({ bindings }) => health(bindings), HEAD: ({ bindings }) => health(bindings) },
  "/-/me": { GET: showMe },
  "/-/me/rotate": { POST: eitherWay(rotateTyped, rotateMe) },
  "/-/me/revoke": { POST: eitherWay(revokeTyped, revokeMe) },
};

/** Tells whether a path is one of the gateway's own. */
export const isReserved = (path: string): boolean => path.startsWith(RESERVED) || path === "/-";

/** @throws Refused `not_found`, `method_not_allowed` */
function workFor({ request, target }: Visit): Work {
  const methods = Object.hasOwn(PAGES, target.path) ? PAGES[target.path] : undefined;
  if (methods === undefined) throw new Refused({ code: "not_found" });
  const work = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  if (work === undefined) throw new Refused({ code: "method_not_allowed", allow: Object.keys(methods).join(", ") });
  return work;
}

/**
 * Answers a path of the gateway's own.
 *
 * @param target path and query
 * @param later takes work that goes on behind the request
 */
export async function reserved(request: Request, target: Target, bindings: Bindings, later: Later): Promise<Response> {
  const visit: Visit = { request, target, bindings, later, now: Date.now() };
  try {
    return await workFor(visit)(visit);
  } catch (error) {
    return failureOf(error, null, null, visit.now).response;
  }
}
