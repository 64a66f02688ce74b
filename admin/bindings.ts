import type { ControlApi } from "../shared/control.ts";
import type { RegistryApi } from "./registry/api.ts";

/** A shorter secret can be guessed; the admin stays shut then. */
export const MIN_SECRET_LENGTH = 16;

/** The Worker's bindings after a look at each. */
export interface AdminBindings {
  /** The password of the sign-in; null where it is missing or too short, and then nothing is served but how to set it. */
  adminSecret: string | null;
  registry: RegistryApi;
  /** What the gateway tells; a call rejects where the gateway is missing or fails. */
  gateway: Pick<ControlApi, "facts" | "builtInPrices">;
  /** The gateway's public address without a slash at the end, where the owner has set `GATEWAY_URL`. */
  gatewayUrl: string | null;
  /** Tells whether KV answers; rejects where it doesn't. */
  probeKv: () => Promise<void>;
}

/** The environment, with what `wrangler types` can't know because it stands in no file. Nothing of it is checked yet. */
export type AdminSettings = AdminEnv & { ADMIN_SECRET?: unknown; GATEWAY_URL?: unknown };

function originOf(value: unknown): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, origin } = new URL(value);
  return protocol === "https:" || protocol === "http:" ? origin : null;
}

/**
 * Reads the environment once, at the edge: from here on nothing is unchecked.
 *
 * @param env what the platform passed
 */
export function readBindings(env: AdminSettings): AdminBindings {
  const secret = env.ADMIN_SECRET;
  return {
    adminSecret: typeof secret === "string" && secret.length >= MIN_SECRET_LENGTH ? secret : null,
    registry: env.REGISTRY.getByName("registry"),
    gateway: {
      facts: async () => env.GATEWAY.facts(),
      builtInPrices: async () => env.GATEWAY.builtInPrices(),
    },
    gatewayUrl: originOf(env.GATEWAY_URL),
    probeKv: async () => {
      await env.TOKENS.list({ limit: 1 });
    },
  };
}
