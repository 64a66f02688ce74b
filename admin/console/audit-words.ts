import type { AuditAction } from "../registry/reports.ts";

/** Names of what stands in the audit log. */
export const ACTION_NAMES: Record<AuditAction, string> = {
  "token.create": "Created a token",
  "token.update": "Changed a token",
  "token.rotate": "Rotated a token",
  "token.delete": "Deleted a token",
  "token.outranked": "Published a token anew, because the gateway knew a newer version",
  "token.rotated_by_holder": "The holder rotated a token",
  "token.revoked_by_holder": "The holder revoked a token",
  "session.open": "Signed in",
  "session.refused": "Wrong password",
  "session.end": "Ended a session",
  "session.endAll": "Ended all sessions",
  "registry.rebuild": "Began a rebuild",
  "prices.update": "Changed prices",
  "policy.create": "Created a policy",
  "policy.update": "Changed a policy and the tokens that follow it",
  "policy.delete": "Deleted a policy",
  "policy.default": "Changed the default policy of new tokens",
  "policy.reconcile": "Brought tokens in line with their policy after a rebuild",
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
  policy: "Policy",
  tokens: "Tokens that follow it",
  "models.openai": "Models of OpenAI",
  "models.anthropic": "Models of Anthropic",
  "models.gemini": "Models of Google Gemini",
  endpoints: "Endpoints",
  activeHours: "Hours",
  timeZone: "Time zone",
  networks: "Networks",
  countries: "Countries",
  requestsPerMinute: "Requests per minute",
  tokensPerMinute: "Tokens per minute",
  concurrency: "Requests at the same time",
  queueSeconds: "Wait in the queue, in seconds",
  budgets: "Budgets",
  allowUnpriced: "Unpriced models allowed",
  holderMay: "What the holder may do",
};

/** What it means that a field holds nothing, where that isn't "none". */
export const EMPTY_WORDS: Readonly<Record<string, string>> = {
  "models.openai": "all",
  "models.anthropic": "all",
  "models.gemini": "all",
  activeHours: "always",
  networks: "from everywhere",
  countries: "from everywhere",
  requestsPerMinute: "no limit",
  tokensPerMinute: "no limit",
  concurrency: "no limit",
};
