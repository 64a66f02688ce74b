import { z } from "@hono/zod-openapi";

/** A time as the JSON API tells it. */
export const time = z.iso.datetime().openapi({ description: "RFC 3339, in UTC.", example: "2027-01-31T17:00:00.000Z" });

/** A time in ms since 1970 as RFC 3339 in UTC. */
export const toTime = (ms: number): string => new Date(ms).toISOString();

/** The same of a time that may be none. */
export const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms));
