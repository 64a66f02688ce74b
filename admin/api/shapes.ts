import { z } from "@hono/zod-openapi";
import { claimPath } from "../../shared/claim.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import { policySentence } from "../console/policy-sentence.ts";
import type { SessionView } from "../registry/reports.ts";
import type { IssuedToken, TokenView } from "../registry/types.ts";
import { policyShape } from "./policy-shapes.ts";
import { time, toTime, toTimeOrNull } from "./times.ts";

// What the JSON API answers: the schemas for openapi.json, and the functions that make such answers of the registry's.

const target = z.enum(["gateway", "kv"]);

const claimShape = z
  .object({
    state: z.enum(["open", "used", "expired", "withdrawn"]),
    expiresAt: time,
    usedAt: time.nullable().openapi({ description: "The receipt: when it was used; null: it wasn't." }),
    country: z.string().nullable().openapi({ description: "From where, ISO 3166-1 alpha-2; null where unknown." }),
  })
  .openapi("ClaimLink");

/** A token. */
export const tokenShape = z
  .object({
    id: z.string(),
    label: z.string(),
    note: z.string().nullable(),
    providers: z.array(z.enum(PROVIDERS)),
    status: z.enum(["active", "disabled", "expired", "deleted"]),
    createdAt: time,
    updatedAt: time,
    expiresAt: time.nullable(),
    version: z.int(),
    secrets: z
      .array(z.object({ typed: z.boolean(), endsAt: time.nullable() }))
      .openapi({ description: "The secrets that open the token now, newest first." }),
    pending: z
      .array(target)
      .openapi({ description: "Where the newest change isn't confirmed yet; it is tried again." }),
    policy: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: "The named policy that it follows, whose rules stand here; null: they are its own." }),
    holderActedAt: time
      .nullable()
      .openapi({ description: "When its holder last changed it (claimed, rotated, revoked); null: never." }),
    claim: claimShape.nullable().openapi({ description: "Its newest claim link; null: there was none." }),
    ...policyShape,
    summary: z.string().openapi({
      description: "What it may be used for, in English. For people: its wording changes.",
      example: "alice may use every model of OpenAI, up to $5 a month, until 1 March 2027.",
    }),
  })
  .openapi("Token");

/** A token with its new secret. */
export const issuedShape = z
  .object({ secret: z.string().openapi({ description: "Shown this once." }), token: tokenShape })
  .openapi("IssuedToken");

/** A token with its new claim link. */
export const preparedShape = z
  .object({
    link: z
      .string()
      .nullable()
      .openapi({ description: "Shown this once. Null where the gateway's address isn't known (GATEWAY_URL)." }),
    path: z.string().openapi({ description: "The same without the gateway's origin.", example: "/-/claim#dgc_…" }),
    token: tokenShape,
  })
  .openapi("PreparedToken");

/** A session. */
export const sessionShape = z
  .object({
    jti: z.string(),
    createdAt: time,
    expiresAt: time,
    address: z.string(),
    userAgent: z.string(),
    lastSeenAt: time.openapi({ description: "Its last request; the true one may be up to a minute younger." }),
    idleEndsAt: time.openapi({ description: "When it ends without a request; `expiresAt` is when it ends anyway." }),
    provenAt: time.openapi({ description: "When the owner proved last who they are." }),
    openedBy: z.enum(["password", "password-and-code", "passkey", "access"]),
    identity: z
      .string()
      .nullable()
      .openapi({ description: "Who it is of, by Cloudflare Access; null: opened without." }),
    current: z.boolean().openapi({ description: "Whether it is the one that asks." }),
  })
  .openapi("Session");

/** A problem by RFC 9457. */
export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");

function claimJson(claim: TokenView["claim"]): z.output<typeof claimShape> | null {
  if (claim === null) return null;
  return { ...claim, expiresAt: toTime(claim.expiresAt), usedAt: toTimeOrNull(claim.usedAt) };
}

/**
 * A token with its claim link as JSON.
 *
 * @param secret of the link
 * @param gateway the gateway's origin; null where it isn't known
 */
export function preparedJson({ secret, token }: IssuedToken, gateway: string | null): z.output<typeof preparedShape> {
  const path = claimPath(secret);
  return { link: gateway === null ? null : gateway + path, path, token: tokenJson(token) };
}

/** A token as JSON. */
export function tokenJson(token: TokenView): z.output<typeof tokenShape> {
  return {
    ...token,
    createdAt: toTime(token.createdAt),
    updatedAt: toTime(token.updatedAt),
    expiresAt: toTimeOrNull(token.expiresAt),
    holderActedAt: toTimeOrNull(token.holderActedAt),
    claim: claimJson(token.claim),
    secrets: token.secrets.map(({ typed, endsAt }) => ({ typed, endsAt: toTimeOrNull(endsAt) })),
    summary: policySentence(token, token.providers, { ...token, now: Date.now() }),
  };
}

/** A session as JSON; `currentJti` is the asking one's, `idleMs` how long one lasts without a request. */
export function sessionJson(session: SessionView, currentJti: string, idleMs: number): z.output<typeof sessionShape> {
  const { jti, address, userAgent, openedBy, identity } = session;
  return {
    jti,
    address,
    userAgent,
    openedBy,
    createdAt: toTime(session.createdAt),
    expiresAt: toTime(session.expiresAt),
    lastSeenAt: toTime(session.lastSeenAt),
    idleEndsAt: toTime(Math.min(session.lastSeenAt + idleMs, session.expiresAt)),
    provenAt: toTime(session.provenAt),
    identity: identity?.name ?? null,
    current: jti === currentJti,
  };
}
