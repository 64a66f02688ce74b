import type { Provider } from "../../shared/providers.ts";

// A request that costs nothing, to try a token with: the list of models.
const TRIES: Record<Provider, { path: string; headers: (secret: string) => string[] }> = {
  openai: { path: "/v1/models", headers: (secret) => [`authorization: Bearer ${secret}`] },
  anthropic: { path: "/v1/models", headers: (secret) => [`x-api-key: ${secret}`, "anthropic-version: 2023-06-01"] },
  gemini: { path: "/v1beta/models", headers: (secret) => [`x-goog-api-key: ${secret}`] },
};

/** A curl line that tries a token. Secrets hold no character that a shell would read inside the quotes. */
export function curlLine(gateway: string, provider: Provider, secret: string): string {
  const { path, headers } = TRIES[provider];
  return [`curl ${gateway}${path}`, ...headers(secret).map((header) => `-H "${header}"`)].join(" ");
}

/**
 * The gateway's address as a holder needs it. The admin can't ask for it: a Worker doesn't know its own hostnames.
 *
 * @param set the owner's var `GATEWAY_URL`; null where there is none
 * @param admin the address of the request
 * @returns null where it can't be told
 */
export function gatewayAddress(set: string | null, admin: URL): string | null {
  if (set !== null) return set;
  // The names of wrangler.*.toml on the address that Cloudflare gives by itself.
  const workersDev = /^doppelgate-admin\.([a-z0-9-]+\.workers\.dev)$/.exec(admin.hostname);
  if (workersDev?.[1] !== undefined) return `https://doppelgate-gateway.${workersDev[1]}`;
  // The ports of `npm start`.
  return admin.host === "localhost:8788" || admin.host === "127.0.0.1:8788" ? "http://localhost:8787" : null;
}
