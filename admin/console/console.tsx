import { Hono } from "hono";
import type { AdminApp } from "../context.ts";
import { requireOwner } from "./gate.ts";
import { auditPages } from "./routes/audit.tsx";
import { claimPages } from "./routes/claim.tsx";
import { confirmPages } from "./routes/confirm.tsx";
import { handoverPages } from "./routes/handover.tsx";
import { keyPages } from "./routes/keys.tsx";
import { overviewPages } from "./routes/overview.tsx";
import { policyPages } from "./routes/policies.tsx";
import { policyFormPages } from "./routes/policy-form.tsx";
import { pricePages } from "./routes/prices.tsx";
import { sessionPages } from "./routes/sessions.tsx";
import { settingsPages } from "./routes/settings.tsx";
import { signInSettingsPages } from "./routes/sign-in-settings.tsx";
import { signInPages } from "./routes/sign-in.tsx";
import { statePages } from "./routes/state.tsx";
import { tokenFormPages } from "./routes/token-form.tsx";
import { tokenChangePages } from "./routes/token-change.tsx";
import { tokenPages } from "./routes/token.tsx";
import { bulkPages } from "./routes/bulk.tsx";
import { tokenListPages } from "./routes/token-list.tsx";
import { newTokenPages } from "./routes/tokens.tsx";
import { usagePages } from "./routes/usage.tsx";
import { webhookPages } from "./routes/webhooks.tsx";

/** The console: every page and every form. To mount at the root, behind the API. */
export function makeConsole(): Hono<AdminApp> {
  const app = new Hono<AdminApp>();
  app.use(requireOwner);
  signInPages(app);
  confirmPages(app);
  overviewPages(app);
  tokenListPages(app);
  newTokenPages(app);
  tokenFormPages(app);
  // Before the pages of one token, whose id is no "bulk".
  bulkPages(app);
  tokenChangePages(app);
  tokenPages(app);
  claimPages(app);
  handoverPages(app);
  policyFormPages(app);
  policyPages(app);
  usagePages(app);
  pricePages(app);
  webhookPages(app);
  keyPages(app);
  auditPages(app);
  sessionPages(app);
  settingsPages(app);
  signInSettingsPages(app);
  statePages(app);
  return app;
}
