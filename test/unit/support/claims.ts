import { hashToken } from "../../../shared/hash.ts";
import type { TokenClaim, TokenRecord } from "../../../shared/record.ts";
import { generateClaim, newTokenId } from "../../../shared/token.ts";
import { ask, control, makeToken } from "./gateway.ts";

/** A prepared token that the guard knows, as the admin's RPC tells it, and the secret of its link. */
export async function prepare(change: Partial<TokenRecord> = {}, claim: Partial<TokenClaim> = {}) {
  const id = newTokenId();
  const secret = generateClaim(id);
  const made = {
    madeAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
    graceSeconds: 0,
    withdrawnAt: null,
    used: null,
  };
  const full = { hash: await hashToken(secret), ...made, ...claim };
  const { record } = await makeToken({ id, secrets: [], claim: full, ...change });
  await control.apply(record);
  return { id, secret, record };
}

/** What a browser says of a request by the page itself. */
export const OWN = {
  "sec-fetch-site": "same-origin",
  origin: "https://gateway.example",
  "content-type": "application/json",
};
/** Sends a claim, as JSON unless it is text. */
export const post = (
  body: unknown,
  headers: Record<string, string> = OWN,
  cf?: { country: string },
): Promise<Response> =>
  ask("/-/claim", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
    ...(cf && { cf }),
  });
/** What a refusal says. */
export async function outcome(response: Response): Promise<{ status: number; code: string | null; message: string }> {
  const { error } = await response.json<{ error: { message: string } }>();
  return { status: response.status, code: response.headers.get("x-doppelgate-error"), message: error.message };
}
