import { z } from "@hono/zod-openapi";
import type { KeyFacts } from "../../shared/control.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { RebuildReport } from "../registry/reports.ts";
import type { Status } from "../status.ts";
import { time, toTime, toTimeOrNull } from "./times.ts";

// What the JSON API answers about the whole: its status, and rebuilds.

const count = z.int().min(0);

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
    settings: count,
    problem: z.string().nullable(),
  })
  .openapi("RebuildReport");

const rejectedAt = z.iso.datetime().nullable();

const providerFacts = z.object({
  configured: z.boolean(),
  rejectedAt: rejectedAt.openapi({
    description: "When the provider last rejected one of the keys that are set; null while it accepts them all.",
  }),
  keys: z
    .array(
      z.object({
        fingerprint: z.string().openapi({ description: "Tells a key from the others; says nothing of its text." }),
        rejectedAt,
      }),
    )
    .openapi({ description: "The keys that are set, in their order in the gateway's secret." }),
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
    pending: z.object({ gateway: count, kv: count, settings: count }),
    tokens: z.object({ active: count, disabled: count, expired: count, deleted: count }),
    rebuild: rebuildShape.nullable(),
  })
  .openapi("Status");

/** A rebuild's report as JSON. */
export function rebuildJson(report: RebuildReport): z.output<typeof rebuildShape> {
  return { ...report, startedAt: toTime(report.startedAt) };
}

const keyJson = ({ fingerprint, rejectedAt }: KeyFacts): z.output<typeof providerFacts>["keys"][number] => ({
  fingerprint,
  rejectedAt: toTimeOrNull(rejectedAt),
});

/** How the whole stands, as JSON. */
export function statusJson(status: Status): z.output<typeof statusShape> {
  const { gateway, rebuild } = status;
  const facts = Object.entries(gateway.providers ?? {}).map(
    ([provider, { configured, rejectedAt, keys }]) =>
      [provider, { configured, rejectedAt: toTimeOrNull(rejectedAt), keys: keys.map(keyJson) }] as const,
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
