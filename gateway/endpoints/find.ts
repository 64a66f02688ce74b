import type { Endpoint } from "../endpoints.ts";
import type { Route } from "../providers.ts";
import { comparablePath, judgedPath, type Target } from "../target.ts";
import { parameterName, parameterValue, queryPairs } from "../slots.ts";
import { ANTHROPIC_ENDPOINTS } from "./anthropic.ts";
import { GEMINI_ENDPOINTS } from "./gemini.ts";
import { OPENAI_ENDPOINTS } from "./openai.ts";

const ENDPOINTS: readonly Endpoint[] = [...OPENAI_ENDPOINTS, ...ANTHROPIC_ENDPOINTS, ...GEMINI_ENDPOINTS];

/** By route, so that a request looks at its own rows alone. */
const rowsOf = new Map<Route, Endpoint[]>();
for (const row of ENDPOINTS) {
  for (const route of row.routes) rowsOf.set(route, [...(rowsOf.get(route) ?? []), row]);
}

/**
 * Finds the place of a provider's API that a request is for. The first row counts.
 *
 * @param path as it goes upstream
 * @param socket whether it is a WebSocket's handshake: that opens other places than a request
 * @returns null for what no row knows: it is open to nobody but tokens of class `all`
 */
export function endpointOf(route: Route, method: string, path: string, socket: boolean): Endpoint | null {
  const rows = (rowsOf.get(route) ?? []).filter(
    (row) => row.methods.includes(method) && (row.socket !== undefined) === socket,
  );
  const read = (text: string): Endpoint | null => rows.find((row) => row.path.test(text)) ?? null;
  const plain = comparablePath(path);
  const judged = judgedPath(path);
  const endpoint = read(judged);
  // A path that is one place escaped and another one unescaped could be judged as the one and answered as the other.
  return plain === judged || read(plain) === endpoint ? endpoint : null;
}

/** The model that an address names, in its path or, for a WebSocket, in its query; null where it names none. */
export function addressedModel(endpoint: Endpoint, { path, query }: Target): string | null {
  const named = endpoint.path.exec(judgedPath(path))?.groups?.["model"];
  if (named !== undefined || endpoint.socket !== "query") return named ?? null;
  const values = queryPairs(query).filter((pair) => parameterName(pair) === "model");
  // Two of them: nobody knows which one counts there.
  return values.length === 1 && values[0] !== undefined ? parameterValue(values[0]) : null;
}
