import { test } from "./support/test.ts";

/** What a holder's client or proxy may add that tells who they are, or that would change what is asked. */
const NEVER_UPSTREAM = {
  "openai-organization": "org-of-the-holder",
  "openai-project": "proj-of-the-holder",
  "x-goog-user-project": "project-of-the-holder",
  "anthropic-workspace-id": "wrkspc-of-the-holder",
  "x-http-method-override": "DELETE",
  "api-key": "key-of-the-holder",
  "proxy-authorization": "Basic holder",
  cookie: "session=holder",
  forwarded: "for=holder",
  "x-forwarded-for": "192.0.2.1",
  "x-real-ip": "192.0.2.1",
  "cf-connecting-ip": "192.0.2.1",
  "true-client-ip": "192.0.2.1",
  via: "1.1 holder",
};
const ALWAYS_UPSTREAM = {
  "openai-beta": "assistants=v2",
  "idempotency-key": "once",
  "x-stainless-lang": "js",
  "user-agent": "Holder/1.0",
  "session-id": "a-session",
};

test("headers that tell the holder stay here, headers that the provider reads go on", async ({
  harness,
  token,
  expect,
}) => {
  const headers = { ...NEVER_UPSTREAM, ...ALWAYS_UPSTREAM, authorization: `Bearer ${token.secret}` };
  const response = await fetch(`${harness.gatewayUrl}/v1/models`, { headers });
  expect(response.status).toBe(200);
  const sent = harness.providers.openai.recordings.at(-1)?.headers ?? [];
  const seen = new Map(sent.map(([name, value]) => [name.toLowerCase(), value]));
  expect(Object.keys(NEVER_UPSTREAM).filter((name) => seen.has(name))).toEqual([]);
  expect(Object.fromEntries(seen)).toMatchObject(ALWAYS_UPSTREAM);
});
