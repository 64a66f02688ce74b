import { hashToken } from "../../shared/hash.ts";
import { OPEN_POLICY } from "../../shared/policy.ts";
import type { TokenRecord } from "../../shared/record.ts";
import { tokenShape } from "../../shared/token.ts";

/**
 * The record of a live token for OpenAI under the default policy, as the admin would put it into KV.
 *
 * @param id token id
 * @param secret generated or typed
 * @param changes what it has in place of that
 */
export async function recordOf(id: string, secret: string, changes: Partial<TokenRecord> = {}): Promise<TokenRecord> {
  return {
    ...OPEN_POLICY,
    schema: 2,
    id,
    version: 1,
    label: id,
    note: null,
    state: "active",
    providers: ["openai"],
    secrets: [{ hash: await hashToken(secret), typed: tokenShape(secret)?.kind !== "generated", endsAt: null }],
    policy: null,
    expiresAt: null,
    createdAt: 0,
    updatedAt: 0,
    holderActedAt: null,
    claim: null,
    ...changes,
  };
}
