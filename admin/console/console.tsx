import { Hono } from "hono";
import type { AdminApp } from "../context.ts";
import { requireOwner } from "./gate.ts";
import { goOn } from "./page.tsx";
import { auditPages } from "./routes/audit.tsx";
import { claimPages } from "./routes/claim.tsx";
import { handoverPages } from "./routes/handover.tsx";
import { keyPages } from "./routes/keys.tsx";
import { policyPages } from "./routes/policies.tsx";
import { pricePages } from "./routes/prices.tsx";
import { sessionPages } from "./routes/sessions.tsx";
import { settingsPages } from "./routes/settings.tsx";
import { signInPages } from "./routes/sign-in.tsx";
import { statePages } from "./routes/state.tsx";
import { tokenPages } from "./routes/token.tsx";
import { tokenListPages } from "./routes/tokens.tsx";
import { usagePages } from "./routes/usage.tsx";
import { webhookPages } from "./routes/webhooks.tsx";

/** The console: every page and every form. To mount at the root, behind the API. */
export function makeConsole(): Hono<AdminApp> {
  const app = new Hono<AdminApp>();
  app.use(requireOwner);
  app.get("/", (c) => goOn(c, "/tokens"));
  signInPages(app);
  tokenListPages(app);
  tokenPages(app);
  claimPages(app);
  handoverPages(app);
  policyPages(app);
  usagePages(app);
  pricePages(app);
  webhookPages(app);
  keyPages(app);
  auditPages(app);
  sessionPages(app);
  settingsPages(app);
  statePages(app);
  return app;
}
