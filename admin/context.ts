import type { Asserted } from "./auth/access.ts";
import type { AdminBindings, AdminSettings } from "./bindings.ts";
import type { SessionView } from "./registry/reports.ts";
import type { Actor } from "./registry/types.ts";

/** What every handler of the admin finds in its context. */
export interface AdminVariables {
  bindings: AdminBindings;
  /** `ADMIN_SECRET`, checked: without it no handler is reached. */
  adminSecret: string;
  /** Who asks, by Cloudflare Access; null: it isn't used. */
  identity: Asserted | null;
  /** Who asks. Its `session` is null until `requireSession` has run. */
  actor: Actor;
  /** The owner's session; set behind `requireSession`. */
  session: SessionView;
}

/** The Hono environment of the admin. */
export interface AdminApp {
  Bindings: AdminSettings;
  Variables: AdminVariables;
}
