import { describe } from "vitest";
import type { Provider } from "../../shared/providers.ts";
import { type Harness, KEYS } from "../harness.ts";
import { type RawAnswer, sendRaw } from "./support/socket.ts";
import { test } from "./support/test.ts";

interface Asked {
  name: string;
  provider: Provider;
  target: string;
  headers(key: string): string[];
  body(model: string): unknown;
}

const content = [{ role: "user", content: "hello grüße 🐈" }];
const gemini = () => ({ contents: [{ role: "user", parts: [{ text: "hello grüße 🐈" }] }] });
const bearer = (key: string): string[] => [`authorization: Bearer ${key}`];
const google = (key: string): string[] => [`x-goog-api-key: ${key}`];

/** A streamed answer of each dialect, as curl asks for it. */
const STREAMS: Asked[] = [
  {
    name: "OpenAI's chat",
    provider: "openai",
    target: "/v1/chat/completions",
    headers: bearer,
    body: (model) => ({ model, messages: content, stream: true }),
  },
  {
    name: "OpenAI's responses",
    provider: "openai",
    target: "/v1/responses",
    headers: bearer,
    body: (model) => ({ model, input: "hello grüße 🐈", stream: true }),
  },
  {
    name: "Anthropic's messages",
    provider: "anthropic",
    target: "/v1/messages",
    headers: (key) => [`x-api-key: ${key}`, "anthropic-version: 2023-06-01"],
    body: (model) => ({ model, max_tokens: 50, messages: content, stream: true }),
  },
  {
    name: "Gemini's SSE with CRLF",
    provider: "gemini",
    target: "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
    headers: google,
    body: gemini,
  },
  {
    name: "Gemini's JSON list",
    provider: "gemini",
    target: "/v1beta/models/MODEL:streamGenerateContent",
    headers: google,
    body: gemini,
  },
  {
    name: "Gemini's chat in OpenAI's words",
    provider: "gemini",
    target: "/v1beta/openai/chat/completions",
    headers: bearer,
    body: (model) => ({ model, messages: content, stream: true }),
  },
];

function ask(origin: string, key: string, asked: Asked, model: string): Promise<RawAnswer> {
  const target = asked.target.replace("MODEL", model);
  const headers = [...asked.headers(key), "content-type: application/json"];
  return sendRaw(origin, { method: "POST", target, headers, body: JSON.stringify(asked.body(model)) });
}

/** The body without the chunk sizes of HTTP/1.1, which belong to one connection. */
function bodyOf({ headers, text }: RawAnswer): string {
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  if (headers.get("transfer-encoding") !== "chunked") return body;
  let [rest, plain] = [body, ""];
  for (;;) {
    const end = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (end === -1 || !(size > 0)) return plain;
    plain += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 4 + size);
  }
}

async function both(harness: Harness, secret: string, asked: Asked, model: string): Promise<[RawAnswer, RawAnswer]> {
  const direct = await ask(harness.providers[asked.provider].url, KEYS[asked.provider], asked, model);
  return [direct, await ask(harness.gatewayUrl, secret, asked, model)];
}

/** Response headers that tell the account, its load, or the way to the provider. */
const HIDDEN =
  /^(openai-(organization|project)|anthropic-(organization|workspace)-id|set-cookie|cf-|x-ratelimit-|anthropic-ratelimit-|x-envoy-|via$|server$|alt-svc|strict-transport-security|x-robots-tag)/;
/** Response headers that clients read. */
const KEPT = ["content-type", "x-request-id", "request-id", "openai-processing-ms", "openai-version", "retry-after"];

/** The fake provider's keys, masked or whole, and the ids of its account. */
const TELLTALE = /fake-(?:openai|anthropic|gemini)-key|fake-\*{3}|org-fake|proj_fake|projects\/0+/;

for (const asked of STREAMS) {
  describe(`${asked.name} as curl sees it`, () => {
    for (const model of ["gpt-or-other", "fake-error-midstream", "fake-status-400", "fake-status-429"]) {
      test(`${model}: same status, same bytes, same headers for clients`, async ({ harness, token, expect }) => {
        const [direct, through] = await both(harness, token.secret, asked, model);
        expect(through.status).toBe(direct.status);
        expect(bodyOf(through)).toBe(bodyOf(direct));
        expect(bodyOf(direct)).not.toBe("");
        for (const name of KEPT) expect([name, through.headers.get(name)]).toEqual([name, direct.headers.get(name)]);
        expect([...direct.headers.keys()].some((name) => HIDDEN.test(name))).toBe(true);
        expect([...through.headers.keys()].filter((name) => HIDDEN.test(name))).toEqual([]);
      });
    }

    for (const model of ["fake-key-in-error", "fake-account-in-error"]) {
      test(`${model}: neither key nor account is told`, async ({ harness, token, expect }) => {
        const [direct, through] = await both(harness, token.secret, asked, model);
        expect(direct.status).toBeGreaterThanOrEqual(400);
        expect(direct.text).toMatch(TELLTALE);
        expect(through.status).toBeGreaterThanOrEqual(400);
        expect(through.text).not.toMatch(TELLTALE);
        // Google wraps some errors in a list.
        expect([JSON.parse(bodyOf(through)) as unknown].flat()[0]).toHaveProperty("error.message");
      });
    }

    test("a key that the provider rejects is the owner's trouble, not the token's", async ({
      harness,
      token,
      expect,
    }) => {
      const [, through] = await both(harness, token.secret, asked, "fake-key-rejected");
      expect(through.status).toBe(503);
      expect(through.headers.get("x-doppelgate-error")).toBe("provider_key_rejected");
      expect(through.text).not.toMatch(TELLTALE);
      expect(bodyOf(through)).toContain("does not accept this gateway's own key right now");
    });

    test("a redirect to another host isn't followed nor passed on", async ({ harness, token, expect }) => {
      const [, through] = await both(harness, token.secret, asked, "fake-redirect");
      expect(through.headers.get("location")).toBeUndefined();
      expect(through.text).not.toContain("elsewhere.example");
    });
  });
}
