import type { Provider } from "../../shared/providers.ts";
import { tokenShape } from "../../shared/token.ts";
import type { Route } from "../providers.ts";
import { Refused } from "../refusals.ts";
import { readSlots, slotValues, type Slots } from "../slots.ts";
import { comparablePath, isBodyless, isRewrittenByFetch, type Target } from "../target.ts";

/** More token-shaped strings than this in one request are not a client's mistake: each costs a look-up. */
const MOST_CANDIDATES = 4;

/** What a request says of itself before anything is looked up. */
export interface Identity {
  /** How it is spoken; null where nothing tells. */
  route: Route | null;
  /** Different strings of its slots that have a token's shape; none of them may go upstream in any place. */
  candidates: string[];
  /** Everything in its slots, token or not. */
  credentials: string[];
}

/** Methods that go upstream. Not TRACE: its answer repeats the request's headers, the provider key among them. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Tells whether a request has a body. The runtime gives an empty one to a GET with `content-length: 0`, which is none. */
const hasBody = ({ body, headers }: Pick<Request, "body" | "headers">): boolean =>
  body !== null && headers.get("content-length") !== "0";

const GEMINI_PATH = /^\/(?:v1beta|v1alpha)(?:\/|$)|^\/(?:upload|download)\/|^\/ws\/google\.ai\./;
const GEMINI_OPENAI_PATH = /^\/v1beta\/openai(?:\/|$)/;
const ANTHROPIC_PATH = /^\/v1\/(?:messages|complete)(?:\/|$)/;

/** The routes of a provider that a prefix named: the first whose path fits. */
const PREFIXED_ROUTES: Record<Provider, readonly (readonly [path: RegExp, route: Route])[]> = {
  openai: [[/^/, "openai"]],
  anthropic: [
    [/^\/v1\/chat\/completions$/, "anthropic-openai"],
    [/^/, "anthropic"],
  ],
  gemini: [
    [GEMINI_OPENAI_PATH, "gemini-openai"],
    [/^/, "gemini"],
  ],
};

/** The order of the rules is the rule: the same path means different things to different clients. */
function routeOf(path: string, headers: Headers, slots: Slots): Route | null {
  if (GEMINI_OPENAI_PATH.test(path)) return "gemini-openai";
  if (GEMINI_PATH.test(path)) return "gemini";
  // @google/genai 3 asks for /v1/models, as OpenAI's and Anthropic's clients do.
  if (slots.xGoogApiKey.length > 0 || slots.query.length > 0) return "gemini";
  // Anthropic's SDKs of late 2026 send Bearer; the version header is in every request of every Anthropic client.
  if (headers.has("anthropic-version") || slots.xApiKey.length > 0 || ANTHROPIC_PATH.test(path)) return "anthropic";
  if (slots.authorization.length > 0 || slots.subprotocol.length > 0) return "openai";
  return null;
}

/**
 * Reads route and token candidates off a request. No I/O: junk is turned away here for free.
 *
 * @param headers the request's
 * @param target its path and query, as they were meant
 * @param provider named by a prefix of the path; null where none was
 */
export function identify(headers: Headers, target: Target, provider: Provider | null): Identity {
  const slots = readSlots(headers, target.query);
  const credentials = [...new Set(slotValues(slots))];
  return {
    route:
      provider === null
        ? routeOf(comparablePath(target.path), headers, slots)
        : (PREFIXED_ROUTES[provider].find(([path]) => path.test(target.path))?.[1] ?? null),
    candidates: credentials.filter((credential) => tokenShape(credential) !== null),
    credentials,
  };
}

/**
 * The candidates of an identity, or the refusal that its lack of any calls for.
 *
 * @throws Refused `missing_token`, `unknown_token` (none has a token's shape), `ambiguous_token` (too many)
 */
export function candidatesOf(identity: Identity): string[] {
  if (identity.credentials.length === 0) throw new Refused({ code: "missing_token" });
  if (identity.candidates.length === 0) throw new Refused({ code: "unknown_token" });
  if (identity.candidates.length > MOST_CANDIDATES) throw new Refused({ code: "ambiguous_token" });
  return identity.candidates;
}

/**
 * Turns away what can't be passed on as it came, whoever sends it.
 *
 * @param request its method, body and length
 * @param target its path and query
 * @throws Refused `method_not_allowed`, `unsafe_path`, `body_not_allowed`
 */
export function refuseUnforwardable(request: Pick<Request, "method" | "body" | "headers">, target: Target): void {
  if (!METHODS.has(request.method)) throw new Refused({ code: "method_not_allowed", allow: [...METHODS].join(", ") });
  if (isRewrittenByFetch(target.path)) throw new Refused({ code: "unsafe_path" });
  if (isBodyless(request.method) && hasBody(request)) throw new Refused({ code: "body_not_allowed" });
}
