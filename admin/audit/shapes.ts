import { z } from "@hono/zod-openapi";
import { time, toTime } from "../api/times.ts";
import { SHORT_SESSION } from "../registry/audit-wanted.ts";
import type { AuditChanges, AuditEntry } from "../registry/reports.ts";
import type { Columns } from "../usage/columns.ts";

// The audit log as the API tells it, and as exports have it.

const auditValue = z.union([z.string(), z.number(), z.array(z.string()), z.null()]);

/** A line of the audit log. */
export const auditShape = z
  .object({
    number: z.int(),
    at: time,
    action: z.string().openapi({ example: "token.create" }),
    session: z.string().nullable().openapi({
      description: "The first 8 characters of its id; null: nobody was signed in, or it wasn't the owner.",
    }),
    address: z
      .string()
      .openapi({ description: "`holder`: a holder did it; `registry`: the registry did it by itself." }),
    country: z
      .string()
      .nullable()
      .openapi({ description: "Of the address, as Cloudflare knows it: two letters; null: not known." }),
    userAgent: z.string(),
    tokenId: z.string().nullable(),
    label: z.string().nullable(),
    changes: z.record(z.string(), z.object({ before: auditValue, after: auditValue })),
  })
  .openapi("AuditEntry");

/** A line of the audit log as JSON. */
export type AuditLine = z.output<typeof auditShape>;

/** A session's id in short: enough to tell it from others, and to find it in the list of sessions. */
export const shortSession = (id: string): string => id.slice(0, SHORT_SESSION);

/** What was changed, with sessions in short. */
export function shownChanges(changes: AuditChanges): AuditChanges {
  const { session, ...others } = changes;
  if (session === undefined) return changes;
  const [before, after] = [session.before, session.after].map((id) => (typeof id === "string" ? shortSession(id) : id));
  return { session: { before: before ?? null, after: after ?? null }, ...others };
}

/** A line of the audit log as JSON. */
export function auditJson({ at, session, changes, ...entry }: AuditEntry): AuditLine {
  return {
    ...entry,
    at: toTime(at),
    session: session === null ? null : shortSession(session),
    changes: shownChanges(changes),
  };
}

/** Columns of the CSV export: the fields of the JSON one. */
export const AUDIT_COLUMNS: Columns<AuditLine> = [
  ["number", ({ number }) => number],
  ["at", ({ at }) => at],
  ["action", ({ action }) => action],
  ["tokenId", ({ tokenId }) => tokenId],
  ["label", ({ label }) => label],
  ["session", ({ session }) => session],
  ["address", ({ address }) => address],
  ["country", ({ country }) => country],
  ["userAgent", ({ userAgent }) => userAgent],
  ["changes", ({ changes }) => JSON.stringify(changes)],
];
