import type { AuditAction } from "../registry/reports.ts";

/** Names of what stands in the audit log. */
export const ACTION_NAMES: Record<AuditAction, string> = {
  "token.create": "Created a token",
  "token.update": "Changed a token",
  "token.rotate": "Rotated a token",
  "token.delete": "Deleted a token",
  "token.outranked": "Published a token anew, because the gateway knew a newer version",
  "session.open": "Signed in",
  "session.refused": "Wrong password",
  "session.end": "Ended a session",
  "session.endAll": "Ended all sessions",
  "registry.rebuild": "Began a rebuild",
  "prices.update": "Changed prices",
};

/** Names of the fields that an action changes. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  label: "Label",
  note: "Note",
  state: "State",
  providers: "Providers",
  expiresAt: "Expires",
  secret: "Secret",
  graceSeconds: "Grace in seconds",
  session: "Session",
  sessions: "Sessions",
  target: "Target",
  order: "Order",
};
