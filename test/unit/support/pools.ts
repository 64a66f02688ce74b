import { handle } from "../../../gateway/pipeline.ts";
import { PROVIDER_ROWS, ROUTE_ROWS } from "../../../gateway/providers.ts";
import { handleSocket } from "../../../gateway/socket-pipeline.ts";
import { socketRequestOf } from "../../../gateway/sockets/endpoints.ts";
import { targetOf } from "../../../gateway/target.ts";
import { PROVIDERS, type Provider } from "../../../shared/providers.ts";
import { fakeUpstream, gatewayEnv, type Sent } from "./gateway.ts";

/** Three keys for each provider; no one of them is found in another test. */
export const POOL: Record<Provider, readonly [string, string, string]> = {
  openai: ["pool-openai-key-1", "pool-openai-key-2", "pool-openai-key-3"],
  anthropic: ["pool-anthropic-key-1", "pool-anthropic-key-2", "pool-anthropic-key-3"],
  gemini: ["pool-gemini-key-1", "pool-gemini-key-2", "pool-gemini-key-3"],
};

/** The unit tier's environment with pools for keys. */
export const poolEnv = (settings: Record<string, unknown> = {}): GatewayEnv => {
  const secrets = PROVIDERS.map((provider) => [PROVIDER_ROWS[provider].keySecret, POOL[provider].join("\n")]);
  return { ...gatewayEnv, ...Object.fromEntries(secrets), REGION_RELAY: "off", ...settings };
};

/** The provider key that a request was sent with. */
export function keyOf({ headers }: Sent): string {
  for (const { keyHeader, keyPrefix } of Object.values(ROUTE_ROWS)) {
    const value = headers.get(keyHeader);
    if (value?.startsWith(keyPrefix) === true) return value.slice(keyPrefix.length);
  }
  return "";
}

/** Stands in for the providers; what is answered depends on the key. */
export function fakePool(answer: (key: string) => Response): { sent: Sent[]; used: () => string[] } {
  const { sent } = fakeUpstream(() => {
    const last = sent.at(-1);
    return answer(last === undefined ? "" : keyOf(last));
  });
  return { sent, used: () => sent.map(keyOf) };
}

const later = (work: Promise<void>): void => void work;

/** A request to a gateway with pools. */
export function askPool(env: GatewayEnv, path: string, init: RequestInit = {}): Promise<Response> {
  const url = `https://gateway.example${path}`;
  const request = new Request(url, init);
  const socket = socketRequestOf(request, targetOf(url));
  return socket === null ? handle(request, targetOf(url), env, later) : handleSocket(request, socket, env, later);
}
