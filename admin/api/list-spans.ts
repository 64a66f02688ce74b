import { z } from "@hono/zod-openapi";
import type { TimeSpan } from "../registry/types.ts";
import { expecting } from "./fields.ts";

// The filters of the list of tokens by time. Each span begins with its `From` and ends right before its `To`.

const moment = (description: string) =>
  z.iso
    .datetime({ offset: true, ...expecting("a time like 2027-01-31T18:00:00Z, with its offset from UTC") })
    .transform((value) => Date.parse(value))
    .optional()
    .openapi({ type: "string", format: "date-time", description });

/** The fields, by their names in the query. */
export const spanFields = {
  createdFrom: moment("Created at this time or later, RFC 3339."),
  createdTo: moment("Created before this time, RFC 3339."),
  expiresFrom: moment("Expires, or did, at this time or later, RFC 3339. Those that never expire don't match."),
  expiresTo: moment("Expires, or did, before this time, RFC 3339."),
};
/** The name of such a field. */
export type SpanField = keyof typeof spanFields;

type Given = { [Field in SpanField]?: number | undefined };

const PAIRS = [
  ["createdFrom", "createdTo"],
  ["expiresFrom", "expiresTo"],
] as const satisfies readonly (readonly [SpanField, SpanField])[];

/** Refuses a span that ends before it begins: an empty list would look like an answer. */
export function checkSpans(given: Given, context: z.core.$RefinementCtx): void {
  for (const [from, to] of PAIRS) {
    const [begin, end] = [given[from], given[to]];
    if (begin === undefined || end === undefined || begin < end) continue;
    const message = `This isn't after ${from}. Choose a later time, or leave one of the two out.`;
    context.addIssue({ code: "custom", path: [to], message });
  }
}

const spanOf = (from: number | undefined, to: number | undefined): TimeSpan => ({
  from: from ?? null,
  to: to ?? null,
});

/** The spans as the registry takes them. */
export const toSpans = (given: Given): { created: TimeSpan; expires: TimeSpan } => ({
  created: spanOf(given.createdFrom, given.createdTo),
  expires: spanOf(given.expiresFrom, given.expiresTo),
});
