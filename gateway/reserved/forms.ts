import { failureOf } from "../failures.ts";
import { tell } from "../refusals.ts";
import { revoke, rotate } from "./acts.ts";
import { graceIn } from "./api.ts";
import { factsFor } from "./facts.ts";
import { holderTyping } from "./holder.ts";
import { askPage, problemPage, revokedPage, rotatedPage, tokenPage } from "./page.ts";
import { STYLE } from "./style.ts";
import { refuseOtherSites, textOf, type Visit } from "./visit.ts";

/**
 * The page needs a style sheet and its forms. No script, nothing of another host's, no frame around it that could catch a
 * click; and no address of it that is told to anyone.
 */
const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

function page(text: string, status = 200): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
  return new Response(text, { status, headers });
}

/** `GET /-/`: asks for the token. */
export const showForm = async (): Promise<Response> => page(askPage());

/** `GET /-/style.css`. */
export const showStyle = async (): Promise<Response> =>
  new Response(STYLE, {
    headers: {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=3600",
      "x-content-type-options": "nosniff",
    },
  });

const fieldsOf = async (request: Request): Promise<URLSearchParams> => new URLSearchParams(await textOf(request));
const typedIn = (fields: URLSearchParams): string => (fields.get("token") ?? "").trim();

/** What a form does; what goes wrong is told on a page, with the status of the same refusal elsewhere. */
const asPage =
  (work: (fields: URLSearchParams, visit: Visit) => Promise<string>) =>
  async (visit: Visit): Promise<Response> => {
    try {
      refuseOtherSites(visit.request);
      return page(await work(await fieldsOf(visit.request), visit));
    } catch (error) {
      const { refusal, response } = failureOf(error, null, null, visit.now);
      return page(problemPage(tell(refusal).message), response.status);
    }
  };

/** `POST /-/`: what the typed token may do, has used and has left. */
export const showToken = asPage(async (fields, visit) => {
  const facts = await factsFor(await holderTyping(typedIn(fields), visit), visit);
  return tokenPage(facts, new URL(visit.request.url).origin);
});

/** `POST /-/me/rotate` by the page's form. */
export const rotateTyped = asPage(async (fields, visit) => {
  const grace = graceIn(Number(fields.get("graceSeconds") ?? 0));
  return rotatedPage(await rotate(await holderTyping(typedIn(fields), visit), grace, visit));
});

/** `POST /-/me/revoke` by the page's form. */
export const revokeTyped = asPage(async (fields, visit) => {
  const holder = await holderTyping(typedIn(fields), visit);
  await revoke(holder, visit);
  return revokedPage(holder.record.id);
});
