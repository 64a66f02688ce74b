import { z } from "@hono/zod-openapi";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { AuditEntry, RebuildReport, SessionView } from "../registry/reports.ts";
import type { TokenView } from "../registry/types.ts";
import type { Status } from "../status.ts";

// What the JSON API answers: the schemas for openapi.json, and the functions that make such answers of the registry's.

const time = z.iso.datetime().openapi({ description: "RFC 3339, in UTC.", example: "2027-01-31T17:00:00.000Z" });
const target = z.enum(["gateway", "kv"]);
const count = z.int().min(0);

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
  })
  .openapi("Token");

/** A token with its new secret. */
export const issuedShape = z
  .object({ secret: z.string().openapi({ description: "Shown this once." }), token: tokenShape })
  .openapi("IssuedToken");

/** A session. */
export const sessionShape = z
  .object({
    jti: z.string(),
    createdAt: time,
    expiresAt: time,
    address: z.string(),
    userAgent: z.string(),
    current: z.boolean().openapi({ description: "Whether it is the one that asks." }),
  })
  .openapi("Session");

const auditValue = z.union([z.string(), z.number(), z.array(z.string()), z.null()]);

/** A line of the audit log. */
export const auditShape = z
  .object({
    number: z.int(),
    at: time,
    action: z.string().openapi({ example: "token.create" }),
    session: z.string().nullable(),
    address: z.string(),
    userAgent: z.string(),
    tokenId: z.string().nullable(),
    label: z.string().nullable(),
    changes: z.record(z.string(), z.object({ before: auditValue, after: auditValue })),
  })
  .openapi("AuditEntry");

/** How far a rebuild has come. */
export const rebuildShape = z
  .object({
    target: z.enum(["registry", "published"]),
    startedAt: time,
    done: z.boolean().openapi({ description: "False: it goes on by itself; GET /api/status says how far it is." }),
    keys: count,
    added: count,
    updated: count,
    kept: count,
    renamed: count,
    unreadable: count,
    unknown: count,
    queued: count,
    problem: z.string().nullable(),
  })
  .openapi("RebuildReport");

const providerFacts = z.object({
  configured: z.boolean(),
  rejectedAt: z.iso
    .datetime()
    .nullable()
    .openapi({ description: "When the provider last rejected the key that is set; null while it accepts it." }),
});

/** How the whole stands. */
export const statusShape = z
  .object({
    version: z.string(),
    gateway: z.object({
      reachable: z.boolean(),
      providers: z
        .record(z.enum(PROVIDERS), providerFacts)
        .nullable()
        .openapi({ description: "Null where the gateway doesn't answer." }),
    }),
    kv: z.object({ reachable: z.boolean() }),
    pending: z.object({ gateway: count, kv: count }),
    tokens: z.object({ active: count, disabled: count, expired: count, deleted: count }),
    rebuild: rebuildShape.nullable(),
  })
  .openapi("Status");

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

const toTime = (ms: number): string => new Date(ms).toISOString();
const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms));

/** A token as JSON. */
export function tokenJson(token: TokenView): z.output<typeof tokenShape> {
  return {
    ...token,
    createdAt: toTime(token.createdAt),
    updatedAt: toTime(token.updatedAt),
    expiresAt: toTimeOrNull(token.expiresAt),
    secrets: token.secrets.map(({ typed, endsAt }) => ({ typed, endsAt: toTimeOrNull(endsAt) })),
  };
}

/** A session as JSON; `currentJti` is the asking one's. */
export function sessionJson(session: SessionView, currentJti: string): z.output<typeof sessionShape> {
  const { createdAt, expiresAt, jti } = session;
  return { ...session, createdAt: toTime(createdAt), expiresAt: toTime(expiresAt), current: jti === currentJti };
}

/** A line of the audit log as JSON. */
export function auditJson(entry: AuditEntry): z.output<typeof auditShape> {
  return { ...entry, at: toTime(entry.at) };
}

/** A rebuild's report as JSON. */
export function rebuildJson(report: RebuildReport): z.output<typeof rebuildShape> {
  return { ...report, startedAt: toTime(report.startedAt) };
}

/** How the whole stands, as JSON. */
export function statusJson(status: Status): z.output<typeof statusShape> {
  const { gateway, rebuild } = status;
  const facts = Object.entries(gateway.providers ?? {}).map(
    ([provider, { configured, rejectedAt }]) =>
      [provider, { configured, rejectedAt: toTimeOrNull(rejectedAt) }] as const,
  );
  // `entries` forgets the names of the keys.
  const providers =
    gateway.providers === null ? null : (Object.fromEntries(facts) as Record<Provider, z.output<typeof providerFacts>>);
  return {
    ...status,
    gateway: { ...gateway, providers },
    rebuild: rebuild === null ? null : rebuildJson(rebuild),
  };
}

/** A time in ms since 1970 as RFC 3339 in UTC. */
export { toTime as timeJson };
