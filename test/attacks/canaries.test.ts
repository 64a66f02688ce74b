import { describe, test as base } from "vitest";
import { hashToken } from "../../shared/hash.ts";
import { type House, startHouse } from "./support/house.ts";
import type { Place } from "./support/ledger.ts";
import { everything, type Tokens } from "./support/traffic.ts";

const test = base.extend(
  "seen",
  { scope: "file" },
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  async ({}, { onCleanup }): Promise<{ house: House; tokens: Tokens }> => {
    const house = await startHouse();
    onCleanup(() => house.dispose());
    return { house, tokens: await everything(house) };
  },
);

/** Every secret that there is, and where alone it may stand. */
const SECRETS: Readonly<Record<string, readonly Place[]>> = {
  // In the one header of its own provider's requests.
  "openai's key": ["openai"],
  "anthropic's key": ["anthropic"],
  "gemini's key": ["gemini"],
  "openai's second key": ["openai"],
  "the password": [],
  "the secret of codes": [],
  "the metrics' token": [],
  // In the one answer that opens it: its body or its cookie.
  "the API's session": ["the owner"],
  "the console's session": ["the owner"],
  // In the one answer that shows it; and in the gateway's ledger, which signs with it.
  "a webhook's secret": ["the owner", "storage"],
  "a webhook's next secret": ["the owner", "storage"],
  // In the one answer that shows it, and in the address of a redirect whose client had it in its own address, and there alone.
  "a made token": ["the owner", "a holder"],
  "a typed token": ["the owner", "a holder"],
  // In the one answer that shows it.
  "a token of the console": ["the owner"],
  "a rotated token": ["the owner"],
  "a claim link's secret": ["the owner"],
  "another claim link's secret": ["the owner"],
  "a token that its holder rotated": ["a holder"],
  "a token that its holder rotated by the page": ["a holder"],
  // It is made in the holder's browser, and is never in an answer.
  "a claimed token": [],
};

/** What of everything has to have happened, or nothing was shown: the words and where they are found. */
const HAPPENED: readonly (readonly [what: string, place: Place, words: string, times: number])[] = [
  ["a provider that quoted its key was cut short", "a holder", "[provider key]", 40],
  ["a redirect was handed on", "a holder", "HTTP/1.1 307", 6],
  ["a redirect kept its path and lost the key", "a holder", "Location: /v1/responses?page=2\r\n", 1],
  ["frames of a socket lost the key", "a holder", "api_key:[provider key] has been suspended", 3],
  ["a refused location was relayed", "the gateway's log", "relay_without_jurisdiction", 1],
  ["a key that isn't accepted any more was left out", "the gateway's log", "provider_key_rejected", 1],
  ["a page showed a token", "the owner", 'data-copy="token"', 1],
  ["lists were exported", "the owner", "Content-Type: text/csv", 3],
  ["metrics were read", "the owner", "# TYPE ", 1],
  ["the audit log was read", "the owner", "token.rotate", 2],
  ["a webhook was told of a use", "a webhook", "token.first_used", 1],
  ["a webhook was told of a rejected key", "a webhook", "provider_key.rejected", 1],
  ["a misplaced token was refused", "a holder", "x-doppelgate-error: misplaced_token", 3],
  ["a request came to Google with its body", "gemini", '"text":"hello"', 10],
];

describe("where a secret may stand", () => {
  test("is said of every one that there is", async ({ seen, expect }) => {
    expect(seen.house.ledger.canaries.map(({ name }) => name).toSorted()).toEqual(Object.keys(SECRETS).toSorted());
  });

  for (const [name, places] of Object.entries(SECRETS)) {
    const where = places.length === 0 ? "is nowhere" : `is nowhere but with ${places.join(" and in ")}`;
    test(`${name} ${where}, and there as it is meant to be`, async ({ seen, expect }) => {
      const { ledger } = seen.house;
      const canary = ledger.canaries.find((one) => one.name === name);
      expect(canary && ledger.leaks(canary)).toEqual([]);
      const permissions = ledger.permissions.filter((one) => one.canary === name);
      expect([...new Set(permissions.map(({ place }) => place))].toSorted()).toEqual([...places].toSorted());
      for (const permission of permissions) expect(ledger.used(permission), permission.place).not.toEqual([]);
    });
  }
});

describe("all of that was looked at where", () => {
  for (const [what, place, words, times] of HAPPENED) {
    test(`there was this: ${what}`, async ({ seen, expect }) => {
      const found = seen.house.ledger.leavings.filter((one) => one.place === place && one.text.includes(words));
      expect(found.length).toBeGreaterThanOrEqual(times);
    });
  }

  test("there was this: KV and the Durable Objects held the tokens' hashes", async ({ seen, expect }) => {
    const stored = seen.house.ledger.leavings.filter(({ place }) => place === "storage");
    // KV has a claimed token's only when the registry has heard of it.
    for (const token of [seen.tokens.made, seen.tokens.typed]) {
      const hash = await hashToken(token);
      const holders = stored.filter(({ name, text }) => name.startsWith("rows of") && text.includes(hash));
      const kinds = ["Guard", "Registry", "kv"].filter((kind) => holders.some(({ name }) => name.includes(kind)));
      expect(kinds).toEqual(["Guard", "Registry", "kv"]);
    }
  });

  test("a leak would be seen", async ({ seen, expect }) => {
    const { ledger, secrets } = seen.house;
    const canary = ledger.canaries.find(({ name }) => name === "openai's key");
    ledger.note("a holder", "a leak", `x: Bearer ${secrets.keys.openai}`);
    ledger.note(
      "openai",
      "a leak into a body",
      `authorization: Bearer ${secrets.keys.openai}\n\n${secrets.keys.openai}`,
    );
    const leaks = canary === undefined ? [] : ledger.leaks(canary);
    ledger.leavings.splice(-2);
    expect(leaks).toEqual(["a holder: a leak", "openai: a leak into a body"]);
  });
});
