import { z } from "@hono/zod-openapi";
import { decodeAuditCursor } from "../api/cursor.ts";
import { cursorOf, expecting, input, limit, oneOf, text } from "../api/fields.ts";
import { SHORT_SESSION } from "../registry/audit-wanted.ts";
import { AUDIT_ACTIONS, type AuditFilter } from "../registry/reports.ts";
import { FORMATS } from "../usage/schemas.ts";

// The schemas that check what of the audit log is asked for: by the JSON API, and by the console's page.

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_TEXT = 200;

const day = z.iso.date(expecting("a day like 2027-01-31")).optional();

const FILTERS = {
  text: text().max(MAX_TEXT, `A search has at most ${MAX_TEXT} characters.`).default("").openapi({
    description:
      "Words that all have to be in the line, in any case: in its label, token id, action, address, client or values.",
  }),
  action: z.enum(AUDIT_ACTIONS, oneOf(AUDIT_ACTIONS)).optional(),
  token: text()
    .max(64, "A token id has at most 64 characters.")
    .optional()
    .openapi({ description: "A token id: only what was done to that token." }),
  session: text()
    .regex(/^[0-9a-f]{8}/, "Write the first 8 characters of the session's id, as the log shows them.")
    .transform((id) => id.slice(0, SHORT_SESSION))
    .optional()
    .openapi({ type: "string", description: "The first 8 characters of a session's id: only what was done in it." }),
  from: day.openapi({ description: "The first day, UTC." }),
  to: day.openapi({ description: "The last day, UTC, included." }),
};

/** Days have to be in order. */
function inOrder({ from, to }: { from?: string | undefined; to?: string | undefined }, context: z.core.$RefinementCtx) {
  if (from === undefined || to === undefined || from <= to) return;
  const message = `The first day, ${from}, is after the last one, ${to}.`;
  context.addIssue({ code: "custom", path: ["from"], message });
}

/** Query of the audit log. */
export const auditQuery = input({ ...FILTERS, cursor: cursorOf(decodeAuditCursor), limit }).superRefine(inOrder);

/** Query of an export of the audit log. */
export const auditExportQuery = input({
  ...FILTERS,
  format: z.enum(FORMATS, oneOf(FORMATS)).openapi({ description: "CSV by RFC 4180, or a JSON object a line." }),
}).superRefine(inOrder);

type Asked = Omit<z.output<typeof auditExportQuery>, "format">;

/** The registry's filter of a query. */
export function filterOf({ text, action, token, session, from, to }: Asked): Omit<AuditFilter, "before" | "limit"> {
  return {
    text,
    action: action ?? null,
    tokenId: token ?? null,
    session: session ?? null,
    from: from === undefined ? null : Date.parse(from),
    to: to === undefined ? null : Date.parse(to) + DAY_MS,
  };
}
