import { describe } from "vitest";
import type { Recording } from "../fake-provider/index.ts";
import type { Provider } from "../../shared/providers.ts";
import { type Harness, KEYS } from "../harness.ts";
import { test } from "./support/test.ts";
import { credentialsOf, placesOf } from "./support/wire.ts";

interface Slot {
  name: string;
  provider: Provider;
  path: string;
  headers(token: string): Record<string, string>;
  /** What the provider gets to see. */
  target: string;
  credential: string;
}

const VERSION = { "anthropic-version": "2023-06-01" };
const FOREIGN = "sk-ant-api03-a-key-of-the-holders-own";
/** It can't be a token at all, so nothing looks for it by name. */
const FOREIGN_AND_ODD = "own/key+of=the-holders";

const ANTHROPIC = { provider: "anthropic", credential: `x-api-key: ${KEYS.anthropic}` } as const;
const GEMINI = { provider: "gemini", credential: `x-goog-api-key: ${KEYS.gemini}` } as const;
const plain = { path: "/v1/models", target: "/v1/models" };

const SLOTS: Slot[] = [
  {
    ...GEMINI,
    name: "?key=",
    path: "/v1beta/models?key=TOKEN",
    target: "/v1beta/models",
    headers: () => ({}),
  },
  {
    ...GEMINI,
    name: "?key= between other parameters, which keep every byte",
    path: "/v1beta/models?pageSize=%35&key=TOKEN&x=%2F+a~%7e&&y",
    target: "/v1beta/models?pageSize=%35&x=%2F+a~%7e&&y",
    headers: () => ({}),
  },
  {
    ...GEMINI,
    name: "?key= with an escaped name, twice",
    path: "/v1beta/models?%6bey=TOKEN&pageSize=5&key=TOKEN",
    target: "/v1beta/models?pageSize=5",
    headers: () => ({}),
  },
  {
    ...GEMINI,
    name: "?key= on v1, where only the slot tells the provider",
    path: "/v1/models?key=TOKEN",
    target: "/v1/models",
    headers: () => ({}),
  },
  {
    ...ANTHROPIC,
    ...plain,
    name: "token as Bearer, the holder's own key as x-api-key",
    headers: (token) => ({ ...VERSION, authorization: `Bearer ${token}`, "x-api-key": FOREIGN }),
  },
  {
    ...ANTHROPIC,
    ...plain,
    name: "token as x-api-key, the holder's own key as Bearer",
    headers: (token) => ({ ...VERSION, authorization: `Bearer ${FOREIGN}`, "x-api-key": token }),
  },
  {
    ...ANTHROPIC,
    ...plain,
    name: "token as x-api-key, an odd key as Bearer",
    headers: (token) => ({
      ...VERSION,
      authorization: `Bearer ${FOREIGN_AND_ODD}`,
      "x-api-key": token,
    }),
  },
  {
    ...ANTHROPIC,
    ...plain,
    name: "the same token twice",
    headers: (token) => ({ ...VERSION, authorization: `Bearer ${token}`, "x-api-key": token }),
  },
  {
    provider: "openai",
    credential: `authorization: Bearer ${KEYS.openai}`,
    ...plain,
    name: "bearer in lower case, and the token again in a header of the client's own",
    headers: (token) => ({ authorization: `bearer ${token}`, "x-my-token": `is ${token}` }),
  },
];

function lastOf(harness: Harness, provider: Provider): Recording {
  const last = harness.providers[provider].recordings.at(-1);
  if (last === undefined) throw new Error("The provider never saw a request.");
  return last;
}

const count = ({ providers }: Harness): number =>
  Object.values(providers).reduce((sum, { recordings }) => sum + recordings.length, 0);

describe("where a token may stand", () => {
  for (const slot of SLOTS) {
    test(slot.name, async ({ harness, token, expect }) => {
      const url = `${harness.gatewayUrl}${slot.path.replaceAll("TOKEN", token.secret)}`;
      const before = count(harness);
      const response = await fetch(url, { headers: slot.headers(token.secret) });
      expect(response.status).toBe(200);
      expect(count(harness)).toBe(before + 1);
      const recording = lastOf(harness, slot.provider);
      expect(recording.target).toBe(slot.target);
      expect(credentialsOf(recording)).toEqual([slot.credential]);
      expect(placesOf(token.secret, recording)).toEqual([]);
      expect(placesOf(FOREIGN, recording)).toEqual([]);
      expect(placesOf(FOREIGN_AND_ODD, recording)).toEqual([]);
    });
  }

  test("two live tokens in one request are refused", async ({ harness, token, expect }) => {
    const { secret } = await harness.admin.issue();
    const before = count(harness);
    const headers = { ...VERSION, authorization: `Bearer ${token.secret}`, "x-api-key": secret };
    const response = await fetch(`${harness.gatewayUrl}/v1/models`, { headers });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-doppelgate-error")).toBe("ambiguous_token");
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(count(harness)).toBe(before);
  });
});
