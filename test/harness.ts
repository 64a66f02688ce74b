import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pair, startPair } from "../scripts/local/workers.ts";
import type { BudgetPeriod, EndpointClass, HolderAction, Limits, ModelRules } from "../shared/policy.ts";
import { PROVIDERS, type Provider } from "../shared/providers.ts";
import { type FakeProvider, startFakeProvider } from "./fake-provider/index.ts";

/** The owner's password in tests. */
export const ADMIN_SECRET = "fake-admin-secret-for-tests";

/** The provider keys of tests: obviously fake, and easy to search for where none may be. */
export const KEYS: Record<Provider, string> = {
  openai: "fake-openai-key-for-tests",
  anthropic: "fake-anthropic-key-for-tests",
  gemini: "fake-gemini-key-for-tests",
};

/** What a test asks of a new token. */
export interface NewToken {
  providers?: readonly Provider[];
  secret?: string;
  expiresAt?: Date;
  /** Left out: everything that a provider has, since most of these tests are about the wire. */
  endpoints?: EndpointClass;
  models?: ModelRules;
  limits?: NewLimits;
  holderMay?: readonly HolderAction[];
}

/** Limits as the API takes them: what is left out is no limit. */
export type NewLimits = Partial<Omit<Limits, "budgets">> & {
  budgets?: readonly ({ usd: number; per: BudgetPeriod } | { tokens: number; per: BudgetPeriod })[];
};

/** An issued token. */
export interface Issued {
  id: string;
  secret: string;
}

/** The admin's JSON API, as an automation of the owner's would use it. */
export interface AdminClient {
  issue(token?: NewToken): Promise<Issued>;
  edit(id: string, changes: { status?: "active" | "disabled"; providers?: readonly Provider[] }): Promise<void>;
  /** @returns the new secret */
  rotate(id: string): Promise<string>;
  remove(id: string): Promise<void>;
  /** Reads anything of the API, such as `usage?token=…`. */
  read(path: string): Promise<unknown>;
  /** Sends any other request of the owner's; the answer isn't looked at. */
  send(method: string, path: string, body?: unknown): Promise<Response>;
}

/** Gateway and admin on workerd, in front of one fake provider for each provider. */
export interface Harness extends Omit<Pair, "dispose"> {
  providers: Record<Provider, FakeProvider>;
  admin: AdminClient;
  /** Where other processes of wrangler find the pair. */
  registryPath: string;
  dispose(): Promise<void>;
}

function pick(body: unknown, ...path: string[]): string {
  let here: unknown = body;
  for (const name of path) here = typeof here === "object" && here !== null ? Reflect.get(here, name) : undefined;
  if (typeof here !== "string") throw new Error(`The admin's answer has no ${path.join(".")}.`);
  return here;
}

/** How long a client of the harness goes on by one sign-in, in ms. */
const FRESH_MS = 10 * 60_000;

/**
 * Signs in to an admin whose password is `ADMIN_SECRET`.
 *
 * @param adminUrl its origin
 */
export async function signIn(adminUrl: string): Promise<AdminClient> {
  let session = "";
  const send = (method: string, path: string, body?: unknown): Promise<Response> => {
    const headers = new Headers({ "content-type": "application/json" });
    if (session !== "") headers.set("authorization", `Bearer ${session}`);
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    return fetch(`${adminUrl}/api/${path}`, init);
  };
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`The admin answered ${response.status} to ${method} ${path}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  let provenAt = 0;
  // Issuing, rotating and removing ask for a proof of the last 15 minutes, and a harness lives longer than that.
  const callFresh = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    if (Date.now() - provenAt > FRESH_MS) {
      session = pick(await call("POST", "session", { password: ADMIN_SECRET }), "token");
      provenAt = Date.now();
    }
    return call(method, path, body);
  };
  await callFresh("GET", "session");
  return {
    async issue(token = {}) {
      // Labels are unique.
      const label = `compat ${randomUUID()}`;
      const answer = await callFresh("POST", "tokens", { label, providers: PROVIDERS, endpoints: "all", ...token });
      return { id: pick(answer, "token", "id"), secret: pick(answer, "secret") };
    },
    async edit(id, changes) {
      await call("PATCH", `tokens/${id}`, changes);
    },
    async rotate(id) {
      return pick(await callFresh("POST", `tokens/${id}/rotate`, {}), "secret");
    },
    read: (path) => call("GET", path),
    async remove(id) {
      await callFresh("DELETE", `tokens/${id}`);
    },
    send,
  };
}

/** The gateway's secrets and vars: keys of the configured providers, addresses of all. */
function gatewayVars(urls: Record<Provider, string>, configured: readonly Provider[]): Record<string, string> {
  return Object.fromEntries(
    PROVIDERS.flatMap((provider) => {
      const name = provider.toUpperCase();
      const address = [`${name}_UPSTREAM`, urls[provider]];
      return configured.includes(provider) ? [address, [`${name}_API_KEY`, KEYS[provider]]] : [address];
    }),
  );
}

function fake(provider: Provider): Promise<FakeProvider> {
  return startFakeProvider({ provider, keys: KEYS });
}

/**
 * Starts a whole Doppelgate of its own: fake providers, gateway, admin, and a signed-in client of the admin's API.
 *
 * @param configured the providers whose key the gateway has
 * @param adminVars further vars of the admin
 */
export async function startHarness(
  configured: readonly Provider[] = PROVIDERS,
  adminVars: Record<string, string> = {},
): Promise<Harness> {
  const [openai, anthropic, gemini] = await Promise.all([fake("openai"), fake("anthropic"), fake("gemini")]);
  const providers = { openai, anthropic, gemini };
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-test-"));
  const urls = { openai: openai.url, anthropic: anthropic.url, gemini: gemini.url };
  const endFakes = async (): Promise<void> => {
    await Promise.all(Object.values(providers).map((provider) => provider.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const registryPath = join(folder, "registry");
    const pair = await startPair({
      gateway: { port: 0, vars: gatewayVars(urls, configured) },
      admin: { port: 0, vars: { ADMIN_SECRET, ...adminVars } },
      persist: join(folder, "state"),
      registryPath,
      logLevel: "error",
    });
    const dispose = async (): Promise<void> => {
      await pair.dispose();
      await endFakes();
    };
    return { ...pair, providers, registryPath, admin: await signIn(pair.adminUrl), dispose };
  } catch (error) {
    await endFakes();
    throw error;
  }
}
