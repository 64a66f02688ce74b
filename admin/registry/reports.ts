import type { KvCalls } from "./kv-calls.ts";
import type { Actor, PublishTarget, TokenStatus } from "./types.ts";

// What the registry answers beside tokens. Times are ms since 1970.

/** How a session was opened. */
export type OpenedBy = "password" | "password-and-code" | "passkey" | "access";

/** Who somebody is, as Cloudflare Access says. */
export interface AccessIdentity {
  /** Tells them from everybody else, for ever: `user:…` or `service:…`. */
  subject: string;
  /** The email, or the name of a service token. */
  name: string;
}

/** A session as it begins. Times are ms since 1970. */
export interface NewSession {
  jti: string;
  createdAt: number;
  /** When it ends, whatever happens. */
  expiresAt: number;
  address: string;
  userAgent: string;
  /** When the owner proved last who they are. */
  provenAt: number;
  /** Null: opened without Cloudflare Access. */
  identity: AccessIdentity | null;
}

/** A session that is live. Times are ms since 1970. */
export interface SessionView extends NewSession {
  openedBy: OpenedBy;
  /** Its last request; the true one may be up to a minute younger. */
  lastSeenAt: number;
}

/** What a field was and is, as JSON values. Never a secret, never a hash. */
export type AuditValue = string | number | string[] | null;

/** The fields that an action changed. */
export type AuditChanges = Record<string, { before: AuditValue; after: AuditValue }>;

/** What the owner has the gateway do, which does it by itself: the registry only writes it down. */
export const GATEWAY_ACTIONS = [
  "webhook.add",
  "webhook.remove",
  "webhook.test",
  "webhook.resend",
  "webhook.revive",
  "webhook.secret",
  "provider.check",
] as const;
/** Something that the owner has the gateway do. */
export type GatewayAction = (typeof GATEWAY_ACTIONS)[number];

/** What can stand in the audit log. */
export const AUDIT_ACTIONS = [
  "token.create",
  "token.update",
  "token.rotate",
  "token.delete",
  "token.endStreams",
  "token.outranked",
  "token.claim.prepare",
  "token.claim.withdraw",
  "token.claim.done",
  "token.claim.undone",
  "token.rotated_by_holder",
  "token.revoked_by_holder",
  "session.open",
  "session.refused",
  "session.confirm",
  "session.end",
  "session.endOthers",
  "session.endAll",
  "passkey.add",
  "passkey.rename",
  "passkey.remove",
  "registry.rebuild",
  "prices.update",
  "policy.create",
  "policy.update",
  "policy.delete",
  "policy.default",
  "policy.reconcile",
  "tokens.bulk",
  "tokens.bulk_stopped",
  "audit.trim",
  ...GATEWAY_ACTIONS,
] as const;
/** Something that can stand in the audit log. */
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** One line of the audit log. */
export interface AuditEntry extends Required<Actor> {
  /** Grows by one or more with each line. */
  number: number;
  /** ms since 1970. */
  at: number;
  action: AuditAction;
  tokenId: string | null;
  /** The token's label at that time. */
  label: string | null;
  changes: AuditChanges;
}

/** Which lines of the audit log to read. What is left out, or null, narrows nothing down. */
export interface AuditFilter {
  /** Words that all have to be in the line, in any case: in its label, token id, action, address, client or values. */
  text?: string;
  action?: AuditAction | null;
  tokenId: string | null;
  /** The first 8 characters of a session's id. */
  session?: string | null;
  /** Not before, ms since 1970. */
  from?: number | null;
  /** Before, ms since 1970. */
  to?: number | null;
  /** Only lines with a smaller number; null: from the newest. */
  before: number | null;
  /** 1–200. */
  limit: number;
}

/** A page of the audit log, newest first. */
export interface AuditPage {
  entries: AuditEntry[];
  /** To pass as `before`; null at the end. */
  next: number | null;
  /**
   * Where a search had looked at enough lines for one page before it was full: to when it looked back, ms since 1970. Null:
   * the page is full, or the log is at its end.
   */
  lookedBackTo: number | null;
}

/** What to make anew: the registry's rows from KV, or what is published (KV and the guards) from the registry. */
export type RebuildTarget = "registry" | "published";

/** How far a rebuild has come. A large one goes on by alarm after the answer. */
export interface RebuildReport {
  target: RebuildTarget;
  /** ms since 1970. */
  startedAt: number;
  done: boolean;
  /** KV keys looked at. */
  keys: number;
  /** Tokens that the registry didn't know. */
  added: number;
  /** Tokens of which KV knew a newer version. */
  updated: number;
  /** Keys whose token the registry knew as well or better. */
  kept: number;
  /** Added or updated tokens whose label was taken, so that the id was put behind it. */
  renamed: number;
  /** Keys whose value isn't a token record, or not that key's. */
  unreadable: number;
  /** Keys of which the registry knows nothing. They are left alone: they may be all that is left of a lost registry. */
  unknown: number;
  /** Tokens queued for publishing. */
  queued: number;
  /** Settings (prices, policies) that the registry didn't have. */
  settings: number;
  /** Why it had to pause, for the owner; null while all is well. */
  problem: string | null;
}

/** The registry in numbers. */
export interface RegistryOverview {
  tokens: Record<TokenStatus, number>;
  /** How many tokens aren't confirmed yet, by target, and how many settings aren't stored in KV. */
  pending: Record<PublishTarget | "settings", number>;
  /** The last rebuild; null: there was none. */
  rebuild: RebuildReport | null;
}

/** What the registry takes up, and did today. */
export interface RegistryFacts {
  /** Of its database. */
  bytes: number;
  /** Its calls to KV today, UTC. */
  kv: KvCalls;
  /** How many lines the audit log has at most, and when the oldest was written, ms since 1970; null: it is empty. */
  audit: { lines: number; since: number | null };
}

/** Whether a password may be tried now. */
export type SignInAdmission = { admitted: true } | { admitted: false; retryAfterSeconds: number };
