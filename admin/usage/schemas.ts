import { z } from "@hono/zod-openapi";
import { decodeRequestCursor } from "../api/cursor.ts";
import { cursorOf, expecting, input, limit, oneOf, text } from "../api/fields.ts";

// The schemas that check what of the usage is asked for: by the JSON API, and by the console's pages.

/** How usage can be put together, in the order in which it is offered. */
export const GROUPS = ["day", "token", "model", "provider"] as const;
/** What an export can be. */
export const FORMATS = ["csv", "ndjson"] as const;
/** A form of an export. */
export type Format = (typeof FORMATS)[number];

const day = z.iso.date(expecting("a day like 2027-01-31")).optional();
const range = {
  from: day.openapi({ description: "The first day, UTC. Left out: the 30 days up to the last one." }),
  to: day.openapi({ description: "The last day, UTC, included. Left out: today." }),
};
const token = text().max(64, "A token id has at most 64 characters.").optional();
const format = z.enum(FORMATS, oneOf(FORMATS)).openapi({ description: "CSV by RFC 4180, or a JSON object a line." });

/** Query of the usage. The range is checked by `rangeFrom`. */
export const usageQuery = input({
  token: token.openapi({ description: "A token id: only that token's." }),
  ...range,
  group: z.enum(GROUPS, oneOf(GROUPS)).default("day").openapi({ description: "What a row is of." }),
});

/** Query of an export of the usage. */
export const exportQuery = input({
  token: token.openapi({ description: "A token id: only that token's." }),
  ...range,
  format,
});

/** Query of a token's last requests. */
export const requestQuery = input({ cursor: cursorOf(decodeRequestCursor), limit });

/** Query of an export of a token's last requests. */
export const requestExportQuery = input({ format });
