import type { Later } from "../admission.ts";
import type { Bindings } from "../bindings.ts";
import { readText } from "../read-text.ts";
import { refuseBrokenOff } from "../reading/body.ts";
import { Refused } from "../refusals.ts";
import type { Target } from "../target.ts";

/** The most bytes that a form or a JSON body here has. */
const MOST_BYTES = 4_096;

/** A request for one of the gateway's own pages. */
export interface Visit {
  request: Request;
  target: Target;
  bindings: Bindings;
  later: Later;
  /** ms since 1970. */
  now: number;
}

const FORM = /^application\/x-www-form-urlencoded\b/i;

/** Tells whether a request is a form's, which wants a page for an answer. */
export const isForm = ({ headers }: Pick<Request, "headers">): boolean => FORM.test(headers.get("content-type") ?? "");

/**
 * The body of a request as text.
 *
 * @throws Refused `unreadable_request` where it is too long, no UTF-8, or broken off
 */
export async function textOf({ body, headers }: Pick<Request, "body" | "headers">): Promise<string> {
  const tooLong = new Refused({
    code: "unreadable_request",
    problem: `The body may have ${MOST_BYTES} bytes at most.`,
  });
  if (Number(headers.get("content-length") ?? 0) > MOST_BYTES) throw tooLong;
  const text = body === null ? "" : await readText(body, MOST_BYTES).catch(refuseBrokenOff);
  if (text === null) throw tooLong;
  return text;
}

/** Browsers name the site whose page asks; a page of another one has no business here, whatever it knows. */
export function refuseOtherSites({ headers }: Pick<Request, "headers">): void {
  const site = headers.get("sec-fetch-site") ?? "none";
  if (site !== "same-origin" && site !== "none") throw new Refused({ code: "cross_site" });
}
