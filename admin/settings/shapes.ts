import { z } from "@hono/zod-openapi";
import { toTimeOrNull } from "../api/times.ts";
import type { Settings } from "./reading.ts";

const orAway = "null where the gateway doesn't answer.";
const count = z.int().min(0);

/** What is set. */
export const settingsShape = z
  .object({
    gatewayUrl: z.string().nullable().openapi({ description: "The admin's var GATEWAY_URL; null: it isn't set." }),
    metricsToken: z.boolean().openapi({ description: "Whether the admin's secret METRICS_TOKEN is set." }),
    defaultPolicy: z.object({ id: z.string(), name: z.string() }).nullable(),
    webhooks: count.nullable().openapi({ description: `How many there are; ${orAway}` }),
    versions: z.object({ admin: z.string(), gateway: z.string().nullable().openapi({ description: orAway }) }),
    pricesDate: z.iso
      .date()
      .nullable()
      .openapi({ description: `Day of the built-in prices; ${orAway}` }),
    today: z
      .object({
        day: z.iso.date(),
        requests: count.nullable().openapi({ description: `Of tokens, at the gateway; ${orAway}` }),
        kvWrites: count,
        kvDeletes: count,
      })
      .openapi({ description: "What was used of the day, UTC." }),
    registryBytes: count,
    audit: z.object({ lines: count, since: z.iso.datetime().nullable() }),
  })
  .openapi("Settings");

/** What is set, as JSON. */
export function settingsJson({ registry, requestsToday, ...settings }: Settings): z.output<typeof settingsShape> {
  const { bytes, kv, audit } = registry;
  return {
    ...settings,
    today: { day: kv.day, requests: requestsToday, kvWrites: kv.writes, kvDeletes: kv.deletes },
    registryBytes: bytes,
    audit: { lines: audit.lines, since: toTimeOrNull(audit.since) },
  };
}
