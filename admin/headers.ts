import type { MiddlewareHandler } from "hono";

/** For answers that aren't pages: nothing in them may ever be run or shown in a frame. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** For pages: only what this Worker serves itself; no inline script, no inline style. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const ALWAYS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["x-frame-options", "DENY"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=()"],
];

/** Puts the security headers on every answer. A handler may set its own `cache-control`; otherwise nothing is stored. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  const { headers } = c.res;
  for (const [name, value] of ALWAYS) headers.set(name, value);
  const isPage = headers.get("content-type")?.startsWith("text/html") === true;
  headers.set("content-security-policy", isPage ? PAGE_POLICY : DATA_POLICY);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (new URL(c.req.url).protocol === "https:") headers.set("strict-transport-security", "max-age=31536000");
};
