import { OpenAPIHono } from "@hono/zod-openapi";
import { version } from "../../package.json";
import type { AdminApp } from "../context.ts";
import { auditRoutes } from "./audit.ts";
import { bulkRoutes } from "./bulk.ts";
import { claimRoutes } from "./claims.ts";
import { exportRoutes } from "./export.ts";
import { metricsRoutes } from "./metrics.ts";
import { overviewRoutes } from "./overview.ts";
import { passkeyRoutes } from "./passkeys.ts";
import { priceRoutes } from "./prices.ts";
import { policyRoutes } from "./policies.ts";
import { invalidInput, toFieldErrors } from "./problem.ts";
import { providerRoutes } from "./providers.ts";
import { registryRoutes } from "./registry.ts";
import { requestRoutes } from "./requests.ts";
import { sessionRoutes } from "./session.ts";
import { settingsRoutes } from "./settings.ts";
import { tokenExportRoutes } from "./token-export.ts";
import { tokenRoutes } from "./tokens.ts";
import { trialRoutes } from "./trials.ts";
import { usageRoutes } from "./usage.ts";
import { webhookRoutes } from "./webhooks.ts";

const INFO = {
  openapi: "3.1.0",
  info: {
    title: "Doppelgate admin",
    version,
    description: "Issue and revoke the tokens that stand for your provider keys. Errors are problems by RFC 9457.",
  },
  security: [{ bearer: [] }, { cookie: [] }],
};

/**
 * The JSON API with all its routes, and `GET /api/openapi.json` made of the same schemas that check the input.
 *
 * @returns an app to mount at the root, behind `requireSession`
 */
export function makeApi(): OpenAPIHono<AdminApp> {
  const api = new OpenAPIHono<AdminApp>({
    defaultHook: (result) => {
      if (!result.success) throw invalidInput(toFieldErrors(result.error.issues, true));
    },
  });
  const { openAPIRegistry } = api;
  openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  openAPIRegistry.registerComponent("securitySchemes", "cookie", {
    type: "apiKey",
    in: "cookie",
    name: "__Host-doppelgate",
  });
  sessionRoutes(api);
  tokenExportRoutes(api);
  bulkRoutes(api);
  passkeyRoutes(api);
  tokenRoutes(api);
  claimRoutes(api);
  trialRoutes(api);
  policyRoutes(api);
  registryRoutes(api);
  providerRoutes(api);
  auditRoutes(api);
  priceRoutes(api);
  usageRoutes(api);
  overviewRoutes(api);
  requestRoutes(api);
  exportRoutes(api);
  webhookRoutes(api);
  settingsRoutes(api);
  metricsRoutes(api);
  api.get("/api/openapi.json", (c) => c.json(api.getOpenAPI31Document(INFO)));
  return api;
}
