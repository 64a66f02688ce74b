import type { Provider } from "../shared/providers.ts";

/** The names of the gateway's secrets, one for each provider. */
export type KeySecret = "OPENAI_API_KEY" | "ANTHROPIC_API_KEY" | "GEMINI_API_KEY";

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
  /** Paths that hand out credentials of the provider's own. */
  minting: RegExp;
  /** Answers that say something of the gateway's own key, not of the request. */
  keyRejections: readonly KeyRejection[];
  /** How the provider says that it doesn't serve the location that a request came from; null where it has no clear words. */
  regionRefusal: { status: number; words: string } | null;
}

/** An answer that means: this key is not accepted. */
export interface KeyRejection {
  status: number;
  /** What its body must say; null: the status alone says it. */
  body: RegExp | null;
}

/** Everything that differs between providers. */
export const PROVIDER_ROWS: Record<Provider, ProviderRow> = {
  openai: {
    name: "OpenAI",
    origin: "https://api.openai.com",
    keySecret: "OPENAI_API_KEY",
    upstreamVar: "OPENAI_UPSTREAM",
    // `ek_…`, and the older sessions that hold one.
    minting: /^\/v1\/realtime\/(?:client_secrets|sessions|transcription_sessions|translations\/client_secrets)(?:\/|$)/,
    // platform.openai.com/docs, Error codes: every 401 is about the key or its organization. A 403 is about the country or the model.
    keyRejections: [{ status: 401, body: null }],
    // The error's `code` (platform.openai.com/docs/guides/error-codes).
    regionRefusal: { status: 403, words: "unsupported_country_region_territory" },
  },
  anthropic: {
    name: "Anthropic",
    origin: "https://api.anthropic.com",
    keySecret: "ANTHROPIC_API_KEY",
    upstreamVar: "ANTHROPIC_UPSTREAM",
    minting: /^\/v1\/(?:oauth|organizations\/api_keys)(?:\/|$)/,
    // platform.claude.com/docs, Errors: 401 authentication_error. A 403 may be about the resource that was asked for.
    keyRejections: [
      { status: 401, body: null },
      { status: 403, body: /\bapi[ _-]?key\b|organization has been disabled/i },
    ],
    // A bare 403 "Request not allowed", which may mean other things too.
    regionRefusal: null,
  },
  gemini: {
    name: "Google Gemini",
    origin: "https://generativelanguage.googleapis.com",
    keySecret: "GEMINI_API_KEY",
    upstreamVar: "GEMINI_UPSTREAM",
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
