import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { version } from "../../package.json";
import type { AdminBindings } from "../bindings.ts";
import type { AdminApp } from "../context.ts";
import { ask, orNull } from "../usage/asking.ts";
import { makeLabels } from "../usage/labels.ts";
import { familiesOf, type Monitored } from "../usage/metrics.ts";
import { exposition, PROMETHEUS_TYPE } from "../usage/prometheus.ts";
import { METRICS_PATH } from "./access.ts";
import { file, READ_PROBLEMS } from "./route.ts";

const metrics = createRoute({
  method: "get",
  path: METRICS_PATH,
  summary: "Everything in numbers, for Prometheus",
  description:
    "Opened by a session, or by the secret METRICS_TOKEN as Authorization: Bearer, which opens nothing else.",
  responses: { 200: file("The text format 0.0.4.", ["text/plain"]), ...READ_PROBLEMS },
});

async function monitored({ registry, gateway, probeKv }: AdminBindings): Promise<Monitored> {
  const [overview, facts, metrics, kv] = await Promise.all([
    registry.overview(),
    ask(gateway.facts()),
    ask(gateway.metrics()),
    ask(probeKv()),
  ]);
  const told = orNull(metrics);
  const labels = await makeLabels(registry)((told?.tokens ?? []).map(({ tokenId }) => tokenId));
  return { version, overview, kvAnswers: kv.ok, facts: orNull(facts), metrics: told, labels };
}

/** Puts the route of the metrics onto the API. */
export function metricsRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(metrics, async (c) => {
    const text = exposition(familiesOf(await monitored(c.var.bindings)));
    return c.body(text, 200, { "content-type": PROMETHEUS_TYPE });
  });
}
