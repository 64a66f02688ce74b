import type { Dialect } from "./errors.ts";
import type { Call } from "./call.ts";

type Headers = [name: string, value: string][];

/** What a provider behind Cloudflare adds. */
const CLOUDFLARE: Headers = [
  ["server", "cloudflare"],
  ["cf-ray", "8f0fake000000000-FRA"],
  ["cf-cache-status", "DYNAMIC"],
  [
    "set-cookie",
    "__cf_bm=fake-bot-cookie; path=/; expires=Tue, 01-Dec-26 00:30:00 GMT; HttpOnly; Secure; SameSite=None",
  ],
  ["strict-transport-security", "max-age=31536000; includeSubDomains; preload"],
  ["x-content-type-options", "nosniff"],
];

const OPENAI: Headers = [
  ...CLOUDFLARE,
  ["set-cookie", "_cfuvid=fake-visitor-cookie; path=/; HttpOnly; Secure; SameSite=None"],
  ["alt-svc", 'h3=":443"; ma=86400'],
  ["openai-organization", "org-fake0000account"],
  ["openai-project", "proj_fake0000account"],
  ["openai-processing-ms", "12"],
  ["openai-version", "2020-10-01"],
  ["x-envoy-upstream-service-time", "14"],
  ["x-ratelimit-limit-requests", "10000"],
  ["x-ratelimit-remaining-requests", "9999"],
  ["x-ratelimit-reset-requests", "6ms"],
  ["x-ratelimit-limit-tokens", "200000"],
  ["x-ratelimit-remaining-tokens", "199000"],
  ["x-ratelimit-reset-tokens", "300ms"],
];

const ANTHROPIC: Headers = [
  ...CLOUDFLARE,
  ["via", "1.1 google"],
  ["x-robots-tag", "none"],
  ["anthropic-organization-id", "00000000-fake-4000-8000-000000000000"],
  ["anthropic-workspace-id", "wrkspc_fake0000account"],
  ["anthropic-ratelimit-requests-limit", "4000"],
  ["anthropic-ratelimit-requests-remaining", "3999"],
  ["anthropic-ratelimit-requests-reset", "2026-11-01T00:00:01Z"],
  ["anthropic-ratelimit-tokens-limit", "400000"],
  ["anthropic-ratelimit-tokens-remaining", "399000"],
  ["anthropic-ratelimit-tokens-reset", "2026-11-01T00:00:01Z"],
];

const GEMINI: Headers = [
  ["server", "scaffolding on HTTPServer2"],
  ["vary", "Origin, X-Origin, Referer"],
  ["x-xss-protection", "0"],
  ["x-frame-options", "SAMEORIGIN"],
  ["x-content-type-options", "nosniff"],
  ["server-timing", "gfet4t7; dur=42"],
  ["alt-svc", 'h3=":443"; ma=2592000,h3-29=":443"; ma=2592000'],
  ["via", "1.1 google"],
];

/** The headers that every answer of a provider carries, with those that tell whose account it is. */
export function ownHeaders(dialect: Dialect, call: Call): Headers {
  const rows: Record<Dialect, () => Headers> = {
    openai: () => [...OPENAI, ["x-request-id", call.id("req_")]],
    anthropic: () => [...ANTHROPIC, ["request-id", call.id("req_")]],
    gemini: () => GEMINI,
    "gemini-openai": () => GEMINI,
  };
  return rows[dialect]();
}
