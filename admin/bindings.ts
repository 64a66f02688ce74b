import type { ControlApi } from "../shared/control.ts";
import { readSignInSettings, type SetupFault, type SignInEnvironment, type SignInSettings } from "./auth/settings.ts";
import { completeFacts } from "./facts.ts";
import type { RegistryApi } from "./registry/api.ts";

/** A shorter secret can be guessed; the admin stays shut then. */
export const MIN_SECRET_LENGTH = 16;

/** The Worker's bindings after a look at each. */
export interface AdminBindings {
  /** The password of the sign-in; null where it is missing or too short, and then nothing is served but how to set it. */
  adminSecret: string | null;
  /** Codes, Cloudflare Access, and when an idle session ends. */
  signIn: SignInSettings;
  /** What in the settings of the sign-in isn't as it has to be; where there is anything, nothing else is served. */
  faults: readonly SetupFault[];
  registry: RegistryApi;
  /** What the gateway tells and does; a call rejects where the gateway is missing or fails. */
  gateway: ControlApi;
  /** The gateway as its holders reach it; rejects where it is missing. */
  door: (request: Request) => Promise<Response>;
  /** The gateway's public address without a slash at the end, where the owner has set `GATEWAY_URL`. */
  gatewayUrl: string | null;
  /** What opens `GET /api/metrics` and nothing else, for a scraper; null where it isn't set, too short, or the password. */
  metricsToken: string | null;
  /** Tells whether KV answers; rejects where it doesn't. */
  probeKv: () => Promise<void>;
}

/** The environment, with what `wrangler types` can't know because it stands in no file. Nothing of it is checked yet. */
export type AdminSettings = AdminEnv &
  SignInEnvironment & { ADMIN_SECRET?: unknown; GATEWAY_URL?: unknown; METRICS_TOKEN?: unknown };

function originOf(value: unknown): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, origin } = new URL(value);
  return protocol === "https:" || protocol === "http:" ? origin : null;
}

const secretOf = (value: unknown): string | null =>
  typeof value === "string" && value.length >= MIN_SECRET_LENGTH ? value : null;

/** The gateway over its binding. Every method is async, so that a missing binding is a failed call like any other. */
function gatewayOf(env: AdminSettings): ControlApi {
  return {
    apply: async (record) => env.GATEWAY.apply(record),
    facts: async () => completeFacts(await env.GATEWAY.facts()),
    checkKeys: async (provider) => env.GATEWAY.checkKeys(provider),
    endStreams: async (tokenId) => env.GATEWAY.endStreams(tokenId),
    usage: async (query) => env.GATEWAY.usage(query),
    usageRows: async (query) => env.GATEWAY.usageRows(query),
    requests: async (query) => env.GATEWAY.requests(query),
    activity: async (tokenId) => env.GATEWAY.activity(tokenId),
    holderChanges: async (after) => env.GATEWAY.holderChanges(after),
    tokenUses: async (ids) => env.GATEWAY.tokenUses(ids),
    useChanges: async (after) => env.GATEWAY.useChanges(after),
    usageSeries: async (query) => env.GATEWAY.usageSeries(query),
    spanTotals: async (spans) => env.GATEWAY.spanTotals(spans),
    nearBudgets: async (share, limit) => env.GATEWAY.nearBudgets(share, limit),
    metrics: async () => env.GATEWAY.metrics(),
    builtInPrices: async () => env.GATEWAY.builtInPrices(),
    webhooks: async () => env.GATEWAY.webhooks(),
    addWebhook: async (input) => env.GATEWAY.addWebhook(input),
    removeWebhook: async (id) => env.GATEWAY.removeWebhook(id),
    tryWebhook: async (id) => env.GATEWAY.tryWebhook(id),
    webhookDeliveries: async (id) => env.GATEWAY.webhookDeliveries(id),
    resendEvent: async (id, eventId) => env.GATEWAY.resendEvent(id, eventId),
    reviveWebhook: async (id) => env.GATEWAY.reviveWebhook(id),
    rotateWebhookSecret: async (id) => env.GATEWAY.rotateWebhookSecret(id),
  };
}

/**
 * Reads the environment once, at the edge: from here on nothing is unchecked.
 *
 * @param env what the platform passed
 */
export function readBindings(env: AdminSettings): AdminBindings {
  const adminSecret = secretOf(env.ADMIN_SECRET);
  const metricsToken = secretOf(env.METRICS_TOKEN);
  const { settings: signIn, faults } = readSignInSettings(env);
  return {
    adminSecret,
    signIn,
    faults,
    registry: env.REGISTRY.getByName("registry"),
    gateway: gatewayOf(env),
    // Async, as the methods of the gateway are.
    door: async (request) => env.GATEWAY_DOOR.fetch(request),
    // A scraper's settings are no place for the owner's password.
    metricsToken: metricsToken === adminSecret ? null : metricsToken,
    gatewayUrl: originOf(env.GATEWAY_URL),
    probeKv: async () => {
      await env.TOKENS.list({ limit: 1 });
    },
  };
}
