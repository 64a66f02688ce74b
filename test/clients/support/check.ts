import type { ExpectStatic } from "vitest";
import { type Route, ROUTE_ROWS } from "../../../gateway/providers.ts";
import { credentialsOf, placesOf } from "../../compat/support/wire.ts";
import type { Recording } from "../../fake-provider/index.ts";
import { type Harness, KEYS } from "../../harness.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { ClientCase, Feature, Step } from "./cases.ts";
import type { DeadProxy, Stray } from "./proxy.ts";
import { NOTE, runClient, withHome } from "./sandbox.ts";

/** Nobody issued it, and it has what a typed token may have. */
const UNKNOWN = "token-that-nobody-ever-issued";

/** What the fake provider says to each feature, and so what the client must have understood. */
const EXPECTED: Record<Feature, RegExp> = {
  plain: /Echo: hello gate/,
  stream: /Echo: hello gate/,
  // opencode numbers the lines, Codex says how long it took.
  tools: new RegExp(`Echo: (.|\\n)*${NOTE}`),
  models: /\b(gpt-5\.5|claude-opus-4-8|gemini-3\.8-flash)\b/,
  // The lengths of the fake's vectors: OpenAI's dialect, Gemini's.
  embeddings: /^(1536|768)$/,
  files: /^file-[0-9a-f]+$/,
  sockets: /Echo: hello gate/,
  errors: /This token is not valid here/,
};

/** Where each provider's key must arrive: written down apart from the gateway's own table. */
const SLOTS: Record<Route, string> = {
  openai: `authorization: Bearer ${KEYS.openai}`,
  anthropic: `x-api-key: ${KEYS.anthropic}`,
  "anthropic-openai": `authorization: Bearer ${KEYS.anthropic}`,
  gemini: `x-goog-api-key: ${KEYS.gemini}`,
  "gemini-openai": `authorization: Bearer ${KEYS.gemini}`,
};

/** What a step is run with. */
export interface Setting {
  harness: Harness;
  token: string;
  proxy: DeadProxy;
  expect: ExpectStatic;
}

function streamed({ sent }: Recording): boolean {
  return sent.filter(({ piece }) => piece).length > 1;
}

function upgraded({ headers }: Recording): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === "upgrade" && value.toLowerCase() === "websocket");
}

/** @returns the requests that the provider of the case got; no other provider may have got one */
function takeRecordings({ harness, expect }: Setting, route: Route): Recording[] {
  const { provider } = ROUTE_ROWS[route];
  const taken = PROVIDERS.map((one) => [one, harness.providers[one].recordings.splice(0)] as const);
  for (const [one, recordings] of taken) if (one !== provider) expect(recordings).toEqual([]);
  return taken.find(([one]) => one === provider)?.[1] ?? [];
}

/** npm's registry is another host wherever npm is set up so. */
const nameOf = ({ where }: Stray): string => (where.startsWith("registry.") ? "npm's registry" : where);

/** Only the right key went up, and none of the holder's secrets went anywhere. */
function expectHygiene(setting: Setting, one: ClientCase, recordings: readonly Recording[]): void {
  const { expect, proxy, token } = setting;
  const secrets = [token, ...(one.secrets ?? [])];
  for (const recording of recordings) {
    expect(credentialsOf(recording)).toEqual([SLOTS[one.route]]);
    for (const secret of secrets) expect(placesOf(secret, recording)).toEqual([]);
  }
  const strays = proxy.strays.splice(0);
  expect(one.dials).toEqual(expect.arrayContaining([...new Set(strays.map(nameOf))]));
  for (const { sent } of strays) for (const secret of secrets) expect(sent).not.toContain(secret);
}

/** Runs one step of a client against the running pair and expects of it all that the tier promises. */
export async function expectStep(setting: Setting, one: ClientCase, step: Step): Promise<void> {
  const { harness, token, proxy, expect } = setting;
  const refused = step.features.includes("errors");
  proxy.strays.splice(0);
  for (const provider of PROVIDERS) harness.providers[provider].recordings.splice(0);
  const outcome = await withHome((home) => {
    const stage = { gatewayUrl: harness.gatewayUrl, token: refused ? UNKNOWN : token, home };
    return runClient(step.command(stage), home, proxy.url);
  });
  const said = `${outcome.stdout}\n${outcome.stderr}`;
  if (!refused) expect(outcome.code, said).toBe(0);
  const answers = step.answers(outcome);
  for (const feature of step.features) expect(answers[feature] ?? "", said).toMatch(EXPECTED[feature]);
  if (refused && one.errorName !== undefined) expect(answers.errors).toContain(one.errorName);
  const recordings = takeRecordings(setting, one.route);
  expect(recordings.length > 0, "requests reached the provider").toBe(!refused);
  if (step.features.includes("stream")) expect(recordings.some(streamed)).toBe(true);
  // A client that could use a socket and falls back to HTTP shows nothing about sockets.
  const sockets = !refused && one.steps.some(({ features }) => features.includes("sockets"));
  expect(recordings.some(upgraded), "it used a socket").toBe(sockets);
  expectHygiene(setting, one, recordings);
  for (const key of Object.values(KEYS)) expect(said).not.toContain(key);
}
