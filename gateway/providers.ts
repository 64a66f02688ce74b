import { KEY_SECRETS, type Provider } from "../shared/providers.ts";

/** The names of the gateway's secrets, one for each provider. */
export type KeySecret = (typeof KEY_SECRETS)[Provider];

/** The names of the plain vars that send a provider's traffic elsewhere, for tests and the local demo. */
export type UpstreamVar = "OPENAI_UPSTREAM" | "ANTHROPIC_UPSTREAM" | "GEMINI_UPSTREAM";

/** What the gateway knows of a provider. */
export interface ProviderRow {
  /** As people write it. */
  name: string;
  /** Scheme and host that requests go to. A constant: nothing a client sends has a part in it. */
  origin: string;
  keySecret: KeySecret;
  upstreamVar: UpstreamVar;
  /** What lists models, and costs nothing: asked to see whether a key is accepted. */
  check: { path: string; headers: Readonly<Record<string, string>> };
  /** Paths that hand out credentials of the provider's own. */
  minting: RegExp;
  /** Answers that say something of the gateway's own key, not of the request. */
  keyRejections: readonly KeyAnswer[];
  /** Answers that say that a key has no more to give for a while. The first that fits counts. */
  keyExhaustions: readonly KeyExhaustion[];
  /** How the provider says that it doesn't serve the location that a request came from; null where it has no clear words. */
  regionRefusal: { status: number; words: string } | null;
}

/** An answer that is about the key that was used. */
export interface KeyAnswer {
  status: number;
  /** What its body must say; null: the status alone says it. */
  body: RegExp | null;
}

/** An answer that means: not with this key, not now. */
export interface KeyExhaustion extends KeyAnswer {
  /** For how long, in ms; null: for as long as the answer says. */
  forMs: number | null;
}

/** How long a key is left alone whose money or day's quota is used up, in ms: what ends that is seldom told. */
const QUOTA_MS = 5 * 60_000;

/** Everything that differs between providers. */
export const PROVIDER_ROWS: Record<Provider, ProviderRow> = {
  openai: {
    name: "OpenAI",
    origin: "https://api.openai.com",
    keySecret: KEY_SECRETS.openai,
    upstreamVar: "OPENAI_UPSTREAM",
    check: { path: "/v1/models", headers: {} },
    // `ek_…`, and the older sessions that hold one.
    minting: /^\/v1\/realtime\/(?:client_secrets|sessions|transcription_sessions|translations\/client_secrets)(?:\/|$)/,
    // platform.openai.com/docs, Error codes: every 401 is about the key or its organization. A 403 is about the country or the model.
    keyRejections: [{ status: 401, body: null }],
    // The same page. A request that is too large for the limit by itself says nothing of the key.
    keyExhaustions: [
      { status: 429, body: /insufficient_quota|billing_hard_limit_reached|billing_not_active/, forMs: QUOTA_MS },
      { status: 429, body: /^(?![^]*Request too large)/, forMs: null },
    ],
    // The error's `code` (platform.openai.com/docs/guides/error-codes).
    regionRefusal: { status: 403, words: "unsupported_country_region_territory" },
  },
  anthropic: {
    name: "Anthropic",
    origin: "https://api.anthropic.com",
    keySecret: KEY_SECRETS.anthropic,
    upstreamVar: "ANTHROPIC_UPSTREAM",
    check: { path: "/v1/models?limit=1", headers: { "anthropic-version": "2023-06-01" } },
    minting: /^\/v1\/(?:oauth|organizations\/api_keys)(?:\/|$)/,
    // platform.claude.com/docs, Errors: 401 authentication_error. A 403 may be about the resource that was asked for.
    keyRejections: [
      { status: 401, body: null },
      { status: 403, body: /\bapi[ _-]?key\b|organization has been disabled/i },
    ],
    // 529 is the provider's own load, whoever asks. What stands at the message's beginning is no echo of the request.
    keyExhaustions: [
      { status: 429, body: null, forMs: null },
      { status: 402, body: null, forMs: QUOTA_MS },
      {
        status: 400,
        body: /"message"\s*:\s*"You(?:r credit balance is too low| have reached your specified API usage limits)/,
        forMs: QUOTA_MS,
      },
    ],
    // A bare 403 "Request not allowed", which may mean other things too.
    regionRefusal: null,
  },
  gemini: {
    name: "Google Gemini",
    origin: "https://generativelanguage.googleapis.com",
    keySecret: KEY_SECRETS.gemini,
    upstreamVar: "GEMINI_UPSTREAM",
    check: { path: "/v1beta/models?pageSize=1", headers: {} },
    // `auth_tokens/…`, also under the older name.
    minting: /^\/v1(?:beta|alpha)?\/(?:auth_?tokens)(?:[/:]|$)/i,
    // google.api.ErrorReason: API_KEY_INVALID, API_KEY_SERVICE_BLOCKED, …, CONSUMER_SUSPENDED; leaked keys answer in words.
    keyRejections: [
      { status: 400, body: /API_KEY_INVALID|API key not valid|API key expired/ },
      { status: 401, body: null },
      {
        status: 403,
        body: /API_KEY_[A-Z_]*BLOCKED|CONSUMER_(?:INVALID|SUSPENDED)|has been suspended|reported as leaked/,
      },
    ],
    // RESOURCE_EXHAUSTED; the violated `quotaId` names its period (ai.google.dev/gemini-api/docs/rate-limits).
    keyExhaustions: [
      { status: 429, body: /PerDay/, forMs: QUOTA_MS },
      { status: 429, body: null, forMs: null },
    ],
    // With status FAILED_PRECONDITION (ai.google.dev/gemini-api/docs/troubleshooting).
    regionRefusal: { status: 400, words: "User location is not supported" },
  },
};

/** How a request is spoken. */
export type Route = "openai" | "anthropic" | "anthropic-openai" | "gemini" | "gemini-openai";

/** The JSON shape of a provider's errors. */
export type Dialect = "openai" | "anthropic" | "gemini";

/** What the gateway knows of a route. */
export interface RouteRow {
  provider: Provider;
  /** The header that carries the provider key, and what stands before the key in it. */
  keyHeader: string;
  keyPrefix: string;
  dialect: Dialect;
}

/**
 * Everything that differs between routes. The key always travels in a header: in a query, Google echoes it in
 * `x-goog-upload-url`. Google and Anthropic document only Bearer for their OpenAI-compatible paths (ai.google.dev/gemini-api/docs/openai,
 * platform.claude.com/docs, OpenAI SDK compatibility).
 */
export const ROUTE_ROWS: Record<Route, RouteRow> = {
  openai: { provider: "openai", keyHeader: "authorization", keyPrefix: "Bearer ", dialect: "openai" },
  anthropic: { provider: "anthropic", keyHeader: "x-api-key", keyPrefix: "", dialect: "anthropic" },
  "anthropic-openai": {
    provider: "anthropic",
    keyHeader: "authorization",
    keyPrefix: "Bearer ",
    dialect: "openai",
  },
  gemini: { provider: "gemini", keyHeader: "x-goog-api-key", keyPrefix: "", dialect: "gemini" },
  "gemini-openai": { provider: "gemini", keyHeader: "authorization", keyPrefix: "Bearer ", dialect: "openai" },
};
