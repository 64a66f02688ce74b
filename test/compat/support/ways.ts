import type { ExpectStatic } from "vitest";
import type { Recording } from "../../fake-provider/index.ts";
import { type Harness, type Issued, KEYS } from "../../harness.ts";
import type { ClientKind } from "./clients.ts";
import { type Exchange, watch } from "./traffic.ts";
import { credentialsOf, placesOf, wireOf } from "./wire.ts";

/** Something that people do with a client. */
export interface Case<Client> {
  name: string;
  run(client: Client): Promise<unknown>;
}

/** One run of a case. */
export interface Run {
  /** What the SDK made of the answer, or of the error. */
  result: unknown;
  exchanges: Exchange[];
  recordings: Recording[];
}

/** Facts of a thrown error, as far as both ways must agree on them. */
export function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error };
  const facts = Object.fromEntries(
    ["status", "code", "type", "param", "requestID", "error"].map((name) => [name, Reflect.get(error, name)]),
  );
  const headers: unknown = Reflect.get(error, "headers");
  const retryAfter = headers instanceof Headers ? headers.get("retry-after") : undefined;
  return { threw: error.constructor.name, message: error.message, ...facts, retryAfter };
}

/** What both ways must agree on: @google/genai puts the response headers into its results, which have a test of their own. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => (key === "sdkHttpResponse" ? undefined : inner));
  return text === undefined ? undefined : JSON.parse(text);
}

async function run<Client>(client: () => Client, one: Case<Client>, seen: Recording[]): Promise<Run> {
  const before = seen.length;
  const { result, exchanges } = await watch(async () => {
    try {
      return comparable(await one.run(client()));
    } catch (error) {
      return comparable(errorFacts(error));
    }
  });
  return { result, exchanges, recordings: seen.slice(before) };
}

/**
 * Runs a case directly against the fake provider and through the gateway, and expects that nobody can tell: the client
 * gets the same, and the provider gets the same but for the credential.
 *
 * @returns both runs, for more to be expected of them
 */
export async function bothWays<Client>(
  { harness, token, expect }: { harness: Harness; token: Issued; expect: ExpectStatic },
  kind: ClientKind<Client>,
  one: Case<Client>,
): Promise<{ direct: Run; through: Run }> {
  const { url, recordings } = harness.providers[kind.provider];
  const key = KEYS[kind.provider];
  const direct = await run(() => kind.make({ url, key }), one, recordings);
  const through = await run(() => kind.make({ url: harness.gatewayUrl, key: token.secret }), one, recordings);
  expect(direct.result).toBeDefined();
  expect(through.result).toEqual(direct.result);
  expect(direct.recordings.length).toBeGreaterThan(0);
  expect(through.recordings.map(wireOf)).toEqual(direct.recordings.map(wireOf));
  const [header, prefix] = kind.slot;
  for (const recording of through.recordings) {
    expect(credentialsOf(recording)).toEqual([`${header}: ${prefix}${key}`]);
    expect(placesOf(token.secret, recording)).toEqual([]);
  }
  const seen = through.exchanges.map(({ headers }) => [...headers].flat().join("\n")).join("\n");
  expect(`${seen}\n${JSON.stringify(through.result)}`).not.toContain(key);
  return { direct, through };
}
