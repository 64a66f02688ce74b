import { describe } from "vitest";
import { ALL, INFERENCE, KEY, type Outcome, test } from "./support/raw.ts";

// Case × expected status × code of the refusal, on bare workerd: nothing stands before it that tidies what is sent. What is
// refused without a code is refused by the runtime itself, and reaches no line of the gateway's.

const HOST = "Host: gateway.example\r\n";
const AUTH = `Authorization: Bearer ${ALL}\r\n`;
const SMUGGLED = "GET /v1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

const get = (target: string, headers = HOST + AUTH): string => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
const post = (headers: string, body: string): string =>
  `POST /v1/files HTTP/1.1\r\n${HOST}${AUTH}${headers}\r\n\r\n${body}`;
const many = (count: number): string => Array.from({ length: count }, (_, index) => `x-${index}: 1\r\n`).join("");

/** Refused: the status, and the gateway's code; null: it is the runtime's own answer. 0: there is none. */
type Refusal = readonly [head: string, status: number, code: string | null];

const REFUSED: Readonly<Record<string, Refusal>> = {
  "a target that goes on behind the host: @": [get("@evil.example/v1/models"), 400, null],
  "a target that goes on behind the host: a password": [get(":x@evil.example/v1/models"), 400, null],
  "a target that goes on behind the host: a domain": [get(".evil.example/v1/models"), 400, null],
  "a target of another scheme": [get("file:///etc/passwd"), 400, null],
  "a target with a tab, which URL parsers drop": [get("/\t/evil.example"), 400, null],
  "a target with backslashes": [get("/\\evil.example/v1/models"), 400, "unsafe_path"],
  "no host": [get("/v1/models", AUTH), 400, null],
  "TRACE, which repeats headers": [`TRACE /v1/models HTTP/1.1\r\n${HOST}${AUTH}\r\n`, 405, "method_not_allowed"],
  "a method that isn't one": [`TRACK /v1/models HTTP/1.1\r\n${HOST}${AUTH}\r\n`, 501, null],
  "a method in small letters": [`get /v1/models HTTP/1.1\r\n${HOST}${AUTH}\r\n`, 501, null],
  "another protocol": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, null],
  "a request without a version": [`GET /v1/models\r\n\r\n`, 400, null],
  "a space before the colon": [post("Transfer-Encoding : chunked\r\nContent-Length: 5", "0\r\n\r\n"), 400, null],
  "a coding that is almost chunked": [post("Transfer-Encoding: xchunked", `0\r\n\r\n${SMUGGLED}`), 400, null],
  "two codings of a transfer": [
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
    400,
    null,
  ],
  "two lengths": [post(`Content-Length: 2\r\nContent-Length: ${SMUGGLED.length + 2}`, `{}${SMUGGLED}`), 400, null],
  "a list of lengths": [post("Content-Length: 2, 2", "{}"), 400, null],
  "a length with a sign": [post("Content-Length: +2", "{}"), 400, null],
  "a length below nothing": [post("Content-Length: -2", "{}"), 400, null],
  "a length in hex": [post("Content-Length: 0x2", "{}"), 400, null],
  "a folded line": [get("/v1/models", `${HOST + AUTH}X-Fold: a\r\n b: c\r\n`), 400, null],
  "a token in a folded line": [get("/v1/models", `${HOST}Authorization:\r\n Bearer ${ALL}\r\n`), 400, null],
  "half a line's end in a value": [get("/v1/models", `${HOST + AUTH}X-A: a\rX-Api-Key: b\r\n`), 400, null],
  "a NUL in a value": [get("/v1/models", `${HOST + AUTH}X-A: a\0b\r\n`), 400, null],
  "a space in a name": [get("/v1/models", `${HOST + AUTH}X A: a\r\n`), 400, null],
  "a line without a colon": [get("/v1/models", `${HOST + AUTH}X-A\r\n`), 400, null],
  "a nameless header": [get("/v1/models", `${HOST + AUTH}: a\r\n`), 400, null],
  "a body of a GET that is a request": [
    get("/v1/models", `${HOST + AUTH}Content-Length: ${SMUGGLED.length}\r\n`) + SMUGGLED,
    400,
    "body_not_allowed",
  ],
  "an address of 300 KB": [get(`/v1/${"a".repeat(300_000)}`), 414, null],
  "80 KB of parameters": [get(`/v1/models?${"a=1&".repeat(20_000)}`), 414, null],
  "30,000 headers": [get("/v1/models", HOST + AUTH + many(30_000)), 431, null],
  "a credential of 60 KB": [
    get("/v1/models", `${HOST}Authorization: Bearer ${"a".repeat(60_000)}\r\n`),
    401,
    "unknown_token",
  ],
  "3,000 credentials": [
    get(
      "/v1/models",
      `${HOST}X-Api-Key: ${Array.from({ length: 3_000 }, (_, i) => `token-number-${10_000 + i}`).join(",")}\r\n`,
    ),
    400,
    "ambiguous_token",
  ],
  "a live token among many that aren't": [
    get(
      "/v1/models",
      `${HOST}X-Api-Key: ${ALL}, ${Array.from({ length: 9 }, (_, i) => `guess-of-a-token-${i}`).join(",")}\r\n`,
    ),
    400,
    "ambiguous_token",
  ],
  "two live tokens": [
    get("/v1/models", `${HOST}Authorization: Bearer ${ALL}\r\nX-Api-Key: ${INFERENCE}\r\n`),
    400,
    "ambiguous_token",
  ],
};

/** Let through: what the provider gets of it, the request line first. */
type Passed = readonly [head: string, start: string, body?: string];

const PASSED: Readonly<Record<string, Passed>> = {
  "a Host of another's": [get("/v1/models", `Host: evil.example\r\n${AUTH}`), "GET /v1/models HTTP/1.1"],
  "a Host with a user": [get("/v1/models", `Host: a@evil.example\r\n${AUTH}`), "GET /v1/models HTTP/1.1"],
  "two Hosts": [get("/v1/models", `Host: a.example\r\nHost: evil.example\r\n${AUTH}`), "GET /v1/models HTTP/1.1"],
  "a path that begins as a host": [get("//evil.example/v1/models"), "GET //evil.example/v1/models HTTP/1.1"],
  "a path with a user": [get("/@evil.example/v1/models"), "GET /@evil.example/v1/models HTTP/1.1"],
  "an address with a user": [get("http://gateway.example@evil.example/v1/models"), "GET /v1/models HTTP/1.1"],
  "headers that name another host or path": [
    get(
      "/v1/models",
      `${HOST + AUTH}X-Original-URL: /v1/files\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n`,
    ),
    "GET /v1/models HTTP/1.1",
  ],
  "Connection that lists the credentials": [
    get("/v1/models", `${HOST + AUTH}Connection: authorization, x-api-key, host\r\n`),
    "GET /v1/models HTTP/1.1",
  ],
  "headers of the relay's": [
    get("/v1/models", `${HOST + AUTH}X-Doppelgate-Route: gemini\r\nX-Doppelgate-Key: 00000000\r\n`),
    "GET /v1/models HTTP/1.1",
  ],
  "an upgrade to h2c": [
    get(
      "/v1/models",
      `${HOST + AUTH}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n`,
    ),
    "GET /v1/models HTTP/1.1",
  ],
  "headers that name another method": [
    post(
      "X-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: DELETE\r\nX-Method-Override: DELETE\r\nContent-Length: 2",
      "{}",
    ),
    "POST /v1/files HTTP/1.1",
    "{}",
  ],
  "parameters that name another method": [
    `POST /v1/files?$httpMethod=DELETE&%24httpMethod=DELETE&a=1 HTTP/1.1\r\n${HOST + AUTH}Content-Length: 2\r\n\r\n{}`,
    "POST /v1/files?a=1 HTTP/1.1",
    "{}",
  ],
  "a length beside chunks": [
    post(`Content-Length: ${SMUGGLED.length + 5}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${SMUGGLED}`),
    "POST /v1/files HTTP/1.1",
    "",
  ],
  "chunks beside a length": [
    post("Transfer-Encoding: chunked\r\nContent-Length: 3", `0\r\n\r\n${SMUGGLED}`),
    "POST /v1/files HTTP/1.1",
    "",
  ],
  "a chunk with an extension": [
    post("Transfer-Encoding: chunked", "2;x=y\r\n{}\r\n0\r\n\r\n"),
    "POST /v1/files HTTP/1.1",
    "{}",
  ],
  "an address of 60 KB": [get(`/v1/${"a".repeat(60_000)}`), `GET /v1/${"a".repeat(60_000)} HTTP/1.1`],
  "3,000 headers": [get("/v1/models", HOST + AUTH + many(3_000)), "GET /v1/models HTTP/1.1"],
};

const namesOf = ({ headers }: Outcome["upstream"][number]): string[] => headers.map(([name]) => name.toLowerCase());

describe("what is sent in another form", () => {
  for (const [name, [head, status, code]] of Object.entries(REFUSED)) {
    test(`reaches no provider: ${name} → ${status} ${code ?? "by the runtime"}`, async ({ raw, expect }) => {
      const outcome = await raw.send(head);
      expect([outcome.status, outcome.code, outcome.upstream]).toEqual([status, code, []]);
      expect(outcome.text).not.toContain(KEY);
    });
  }

  for (const [name, [head, start, body = ""]] of Object.entries(PASSED)) {
    test(`is one request to the provider, with one key: ${name}`, async ({ raw, expect }) => {
      const { status, upstream } = await raw.send(head);
      expect([status, upstream.map((one) => [one.start, one.body])]).toEqual([200, [[start, body]]]);
      const [seen] = upstream;
      const value = (wanted: string) =>
        seen?.headers.filter(([name]) => name.toLowerCase() === wanted).map(([, one]) => one);
      expect(value("host")).toEqual([new URL(raw.upstream.url).host]);
      expect(value("authorization")).toEqual([`Bearer ${KEY}`]);
      const names = seen === undefined ? [] : namesOf(seen);
      const kept = names.filter((one) =>
        /^x-(?:api|http|method|original|forwarded)|^forwarded$|^upgrade$|^http2-/.test(one),
      );
      expect(kept).toEqual([]);
    });
  }
});

/** Spellings of a place that isn't open to a token for asking models. */
const SHUT = "endpoint_not_allowed";
const PATHS: readonly (readonly [path: string, status: number, code: string | null])[] = [
  ["/v1/files", 403, SHUT],
  ["/V1/FILES", 403, SHUT],
  ["/v1//files", 403, SHUT],
  ["//v1/files", 403, SHUT],
  ["/v1/files/", 403, SHUT],
  ["/v1/files;a=b", 403, SHUT],
  ["/v1;a/files", 403, SHUT],
  ["/v1/files%00", 403, SHUT],
  ["/v1/fi%6ces", 403, SHUT],
  ["/v1%2ffiles", 403, SHUT],
  ["/v1/chat%2fcompletions", 403, SHUT],
  ["/v1/chat/completions%2f..%2f..%2ffiles", 403, SHUT],
  ["/v1/chat/completions/..%2f..%2ffiles", 403, SHUT],
  ["/v1/chat/completions/..;/..;/files", 403, SHUT],
  ["/v1/chat/completions/%c0%ae%c0%ae/%c0%ae%c0%ae/files", 403, SHUT],
  ["/v1/chat/completions/%e0%80%ae%e0%80%ae/files", 403, SHUT],
  ["/v1/chat/completions/%252e%252e/%252e%252e/files", 403, SHUT],
  ["/v1/chat/completions/%ef%bc%8e%ef%bc%8e/files", 403, SHUT],
  ["/v1/chat/completions%09", 403, SHUT],
  ["/v1/chat/completions%20", 403, SHUT],
  ["/v1/chat/completions%0d%0a", 403, SHUT],
  ["/v1/files%3f/v1/chat/completions", 403, SHUT],
  ["/v1/chat/completions%23/../files", 400, "unsafe_path"],
  ["/v1/chat/completions/../../files", 400, "unsafe_path"],
  ["/v1/chat/completions/%2e%2E/%2e./files", 400, "unsafe_path"],
  ["/v1/chat/completions\\..\\..\\files", 400, "unsafe_path"],
  ["/v1/./files", 400, "unsafe_path"],
  ["/openai/v1/files", 403, SHUT],
  ["/openai//v1/files", 403, SHUT],
  ["/v1/v1/files", 403, SHUT],
  ["/v1/organization/api_keys", 403, SHUT],
  ["/anthropic/v1/files", 403, "provider_not_allowed"],
  ["/gemini/v1beta/files", 403, "provider_not_allowed"],
  ["/v1/realtime/client_secrets", 403, "credentials_not_handed_out"],
  ["/v1/realtime/client%5fsecrets", 403, "credentials_not_handed_out"],
  ["/v1/realtime//client_secrets/", 403, "credentials_not_handed_out"],
];

describe("a path that isn't open", () => {
  const QUESTION = Buffer.from('{"model":"gpt-5.5","messages":[]}');
  for (const [path, status, code] of PATHS) {
    for (const method of ["GET", "POST", "DELETE"]) {
      test(`stays shut, however it is spelt: ${method} ${path} → ${status} ${code ?? ""}`, async ({ raw, expect }) => {
        const body = method === "POST" ? QUESTION : undefined;
        const about = body === undefined ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
        const head = `${method} ${path} HTTP/1.1\r\n${HOST}Authorization: Bearer ${INFERENCE}\r\n${about}\r\n`;
        const outcome = await raw.send(head, body);
        expect([outcome.status, outcome.code, outcome.upstream]).toEqual([status, code, []]);
      });
    }
  }

  test("but one that is open is open, so the refusals above are about the spelling", async ({ raw, expect }) => {
    const about = `Content-Type: application/json\r\nContent-Length: ${QUESTION.length}\r\n`;
    const head = `POST /v1/chat/completions HTTP/1.1\r\n${HOST}Authorization: Bearer ${INFERENCE}\r\n${about}\r\n`;
    expect(await raw.send(head, QUESTION)).toMatchObject({ status: 200, upstream: [{ body: QUESTION.toString() }] });
  });
});

/** Bodies that cost much to read, under a token whose bodies are read. */
const BODIES: readonly (readonly [name: string, body: () => string, status: number, code: string | null])[] = [
  ["lists 100,000 deep", () => `{"model":"m","messages":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, 200, null],
  [
    "objects 100,000 deep",
    () => `{"model":"m","messages":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`,
    200,
    null,
  ],
  [
    "100,000 keys",
    () => `{"model":"m",${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(",")}}`,
    200,
    null,
  ],
  ["a model twice, under a token whose rules don't ask for it", () => '{"model":"m","model":"n"}', 200, null],
  ["a key twice", () => '{"stream":false,"model":"m","model":"n"}', 400, "unreadable_request"],
  ["a key twice, once in escapes", () => '{"model":"m","\\u006dodel":"n"}', 400, "unreadable_request"],
  ["a prototype's key", () => '{"__proto__":{"model":"m"},"constructor":{"prototype":{}}}', 200, null],
  ["a number of a million digits", () => `{"model":"m","n":${"9".repeat(1_000_000)}}`, 200, null],
  ["a name of a model of 1 MB", () => `{"model":"${"m".repeat(1_000_000)}"}`, 200, null],
  ["no JSON at all", () => "\0\0\0\0", 400, "unreadable_request"],
];

describe("a body that is too much", () => {
  for (const [name, make, status, code] of BODIES) {
    test(`never breaks the gateway: ${name} → ${status} ${code ?? ""}`, async ({ raw, expect }) => {
      const body = Buffer.from(make());
      const about = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
      const head = `POST /v1/chat/completions HTTP/1.1\r\n${HOST}Authorization: Bearer ${INFERENCE}\r\n${about}\r\n`;
      const outcome = await raw.send(head, body);
      expect([outcome.status, outcome.code]).toEqual([status, code]);
    });
  }

  test("is refused by its length alone: 33 MiB → 413 request_too_large", async ({ raw, expect }) => {
    const about = `Content-Type: application/json\r\nContent-Length: ${33 * 1024 * 1024}\r\n`;
    const head = `POST /v1/chat/completions HTTP/1.1\r\n${HOST}Authorization: Bearer ${INFERENCE}\r\n${about}\r\n`;
    const { status, code, upstream } = await raw.send(head, Buffer.alloc(1_000, " "));
    expect([status, code, upstream]).toEqual([413, "request_too_large", []]);
  });

  test("of a form of the gateway's own is refused: 5 KB → 400 unreadable_request", async ({ raw, expect }) => {
    const about = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n";
    const { status, upstream } = await raw.send(`POST /-/ HTTP/1.1\r\n${HOST}${about}\r\n`, Buffer.alloc(5_000, "a"));
    expect([status, upstream]).toEqual([400, []]);
  });
});

describe("an answer that is too much", () => {
  test("passes as it is: a line of 4 MB in a stream of events", async ({ raw, expect }) => {
    const line = `data: {"x":"${"y".repeat(4_000_000)}"}\n\n`;
    raw.upstream.first.push([
      `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ${line.length}\r\n\r\n`,
      line,
    ]);
    const body = Buffer.from('{"model":"m","stream":true,"messages":[]}');
    const about = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const head = `POST /v1/chat/completions HTTP/1.1\r\n${HOST}Authorization: Bearer ${INFERENCE}\r\n${about}\r\n`;
    const { status, text } = await raw.send(head, body);
    expect([status, text === line]).toEqual([200, true]);
  });

  test("is cut where it tells more than one header can hold, and the gateway goes on", async ({ raw, expect }) => {
    raw.upstream.first.push([`HTTP/1.1 200 OK\r\nX-Big: ${"a".repeat(2_000_000)}\r\nContent-Length: 2\r\n\r\n{}`]);
    const { status, code } = await raw.send(get("/v1/models"));
    expect([status, code]).toEqual([503, "provider_unreachable"]);
    expect((await raw.send(get("/v1/models"))).status).toBe(200);
  });
});

describe("the gateway's log", () => {
  test("has no token and no key of all this, and no failure that nobody foresaw", async ({ raw, expect }) => {
    const log = raw.gateway.log.join("\n");
    for (const secret of [ALL, INFERENCE, KEY]) expect(log).not.toContain(secret);
    expect(log).not.toContain("internal_error");
  });
});
