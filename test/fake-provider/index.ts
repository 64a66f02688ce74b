import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Provider } from "../../shared/providers.ts";
import { ANTHROPIC_ROUTES } from "./anthropic/routes.ts";
import { type Answer, type Call, readCall } from "./call.ts";
import { deliver } from "./deliver.ts";
import { dialectFor, dialectOf, DIALECTS } from "./dialects.ts";
import { type Dialect, failure } from "./errors.ts";
import { GEMINI_ROUTES } from "./gemini/routes.ts";
import { ownHeaders } from "./headers.ts";
import { GEMINI_OPENAI_ROUTES, OPENAI_ROUTES } from "./openai/routes.ts";
import { readBody, record, type Recording } from "./recording.ts";
import type { Route } from "./routes.ts";
import { Sockets } from "./sockets/index.ts";
import { special } from "./special.ts";

export type { Recording } from "./recording.ts";

/** What `startFakeProvider` needs. */
export interface FakeProviderOptions {
  /** The one provider to be; left out: all three, told apart by path and credential slot. */
  provider?: Provider;
  /** The real key of each provider; any other is refused as the provider would. */
  keys: Partial<Record<Provider, string>>;
  /** Left out: any free port. */
  port?: number;
  /** Looks at each request first, with a good key or without; what it returns is the answer. */
  onRequest?: (call: Call) => Answer | null | Promise<Answer | null>;
}

/** A running fake provider. */
export interface FakeProvider {
  /** Origin without a slash at the end. */
  url: string;
  port: number;
  /** Every request so far, oldest first; a test may empty it. */
  recordings: Recording[];
  close(): Promise<void>;
}

const ROUTES: Record<Dialect, readonly Route[]> = {
  openai: OPENAI_ROUTES,
  anthropic: ANTHROPIC_ROUTES,
  gemini: GEMINI_ROUTES,
  "gemini-openai": GEMINI_OPENAI_ROUTES,
};

/** What a provider says before it looks at what is asked; null where it goes on. */
function objection(call: Call, dialect: Dialect, key: string | undefined): Answer | null {
  const shown = DIALECTS[dialect].credentials(call.headers, call.query).filter((one) => one !== null);
  const keyless = ROUTES[dialect].some((route) => route.keyless?.(call) === true);
  if (key === undefined || (shown.length === 0 && !keyless) || !shown.every((one) => one === key)) {
    return DIALECTS[dialect].refusal(call, shown.find((one) => one !== key) ?? null);
  }
  const extra = special(call, key, dialect);
  if (extra !== null) return extra;
  return call.plan.status === null ? null : failure(dialect, call, call.plan.status);
}

function answerTo(call: Call, dialect: Dialect, key: string | undefined): Answer {
  const objected = objection(call, dialect, key);
  if (objected !== null) return objected;
  for (const route of ROUTES[dialect]) {
    const match = route.method === call.method ? route.path.exec(call.path) : null;
    if (match === null) continue;
    if (route.json === true && call.json === undefined) {
      return failure(dialect, call, 400, "We could not parse the JSON body of your request.");
    }
    return route.answer(call, match.slice(1));
  }
  return failure(dialect, call, 404, `Invalid URL (${call.method} ${call.path})`);
}

/**
 * Starts a server on 127.0.0.1 that behaves like OpenAI, Anthropic or Gemini, or like all of them, faults included:
 * `plan.ts` has the table of what can be asked for.
 *
 * @throws where the port is taken
 */
export async function startFakeProvider(options: FakeProviderOptions): Promise<FakeProvider> {
  const recordings: Recording[] = [];
  const server = createServer((request, response) => {
    // A client that leaves while its body is read ends up here; the recording has it.
    handle(request, response).catch(() => response.destroy());
  });
  const one = options.provider;
  const dialectAt = (call: Call): Dialect =>
    one === undefined ? dialectOf(call.headers, call.path, call.query) : dialectFor(one, call.path);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const recording = record(request, response);
    recordings.push(recording);
    const { method, target } = recording;
    const body = await readBody(request, recording);
    const call = readCall({ method, target, headers: request.headers, body, origin });
    const dialect = dialectAt(call);
    const { provider, errorFrame } = DIALECTS[dialect];
    const answer = (await options.onRequest?.(call)) ?? answerTo(call, dialect, options.keys[provider]);
    await deliver({ call, response, recording, headers: ownHeaders(dialect, call), errorFrame }, answer);
  };
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  const keyFor = (call: Call): string | undefined => options.keys[DIALECTS[dialectAt(call)].provider];
  const sockets = new Sockets({
    origin,
    recordings,
    refusal: async (call) => (await options.onRequest?.(call)) ?? objection(call, dialectAt(call), keyFor(call)),
    headers: (call) => ownHeaders(dialectAt(call), call),
    key: (call) => keyFor(call) ?? "",
  });
  server.on("upgrade", (request, stream, head) => {
    sockets.upgrade(request, stream, head).catch(() => stream.destroy());
  });
  const close = async (): Promise<void> => {
    sockets.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: origin, port, recordings, close };
}
