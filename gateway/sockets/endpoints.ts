import { meant } from "../aliases.ts";
import { ROUTE_ROWS, type Route } from "../providers.ts";
import type { Target } from "../target.ts";

/** A place where a provider takes WebSockets. */
export interface SocketEndpoint {
  /** Of the path, whole. */
  path: RegExp;
  /** The path alone tells it here, so a token counts in whatever slot it came. */
  route: Route;
  /**
   * Whether clients read an error frame before the close. Google's Live sends none, and its Python client takes the first
   * frame, whatever it says, for the setup's success: there the close reason must do.
   */
  errorFrames: boolean;
  /** The status that an error frame names where trying again is useless; null: the true one. */
  finalStatus: number | null;
}

const OPENAI = { route: "openai", errorFrames: true, finalStatus: null } as const;

/** Every endpoint that is opened; an upgrade anywhere else is answered 426. */
const ENDPOINTS: readonly SocketEndpoint[] = [
  { ...OPENAI, path: /^\/v1\/realtime(?:\/translations)?$/ },
  {
    ...OPENAI,
    path: /^\/v1\/responses$/,
    // Codex 0.169 stops within a second on 400 and shows the message; on 401 it dials seven times, POSTs six times, and
    // gives up after 13 s. The other client, openai's ResponsesWS, raises the frame's `error` whatever its status.
    finalStatus: 400,
  },
  { ...OPENAI, path: /^\/v1\/live\/sessions(?:\/[^/]+\/(?:attach|fork))?$/ },
  {
    path: /^\/ws\/google\.ai\.generativelanguage\.v1(?:beta|alpha)?\.GenerativeService\.Bidi(?:GenerateContent(?:Constrained)?|GenerateMusic)$/,
    route: "gemini",
    errorFrames: false,
    finalStatus: null,
  },
];

/** A WebSocket handshake that can be passed on. */
export interface SocketRequest {
  endpoint: SocketEndpoint;
  /** Path and query to ask the provider for. */
  target: Target;
}

/** Tells whether a request asks for a WebSocket. Other upgrades, such as h2c, may be ignored (RFC 9110 §7.8). */
export function isSocketRequest({ headers }: Pick<Request, "headers">): boolean {
  const upgrade = headers.get("upgrade");
  return upgrade !== null && upgrade.split(",").some((name) => name.trim().toLowerCase() === "websocket");
}

/**
 * Finds the endpoint that a WebSocket handshake is for.
 *
 * @param request with its method and headers
 * @param received its path and query, with prefix and aliases (`//ws/…` of @google/genai is one)
 * @returns null where there is no handshake, or none for an endpoint that takes one
 */
export function socketRequestOf(request: Pick<Request, "headers" | "method">, received: Target): SocketRequest | null {
  if (request.method !== "GET" || !isSocketRequest(request)) return null;
  const { target, provider } = meant(received);
  const endpoint = ENDPOINTS.find((row) => row.path.test(target.path));
  if (endpoint === undefined || (provider !== null && provider !== ROUTE_ROWS[endpoint.route].provider)) return null;
  return { endpoint, target };
}
