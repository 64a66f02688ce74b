import { failureOf } from "../failures.ts";
import { tell } from "../refusals.ts";
import { revoke, rotate } from "./acts.ts";
import { graceIn } from "./api.ts";
import { factsFor } from "./facts.ts";
import { holderTyping } from "./holder.ts";
import { askPage, problemPage, revokedPage, rotatedPage, tokenPage } from "./page.ts";
import { asset, page } from "./sending.ts";
import { STYLE } from "./style.ts";
import { refuseOtherSites, textOf, type Visit } from "./visit.ts";

/** `GET /-/`: asks for the token. */
export const showForm = async (): Promise<Response> => page(askPage());

/** `GET /-/style.css`. */
export const showStyle = async (): Promise<Response> => asset(STYLE, "text/css");

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
