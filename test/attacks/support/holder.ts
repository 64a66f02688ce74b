import { WebSocket } from "ws";
import { bytesOf } from "../../fake-provider/sockets/recording.ts";
import { EVIL_MODELS } from "./evil.ts";
import { type Answer, type Asking, send } from "./http.ts";
import type { House } from "./house.ts";

/** Models that the fake providers do something special for. */
const FAULTY = [
  "fake-status-400",
  "fake-status-429",
  "fake-status-503",
  "fake-key-in-error",
  "fake-account-in-error",
  "fake-html",
  "fake-redirect",
  "fake-gzip",
  "fake-reset-midstream",
  "fake-error-midstream",
];

const json = { "content-type": "application/json" };
const messages = [{ role: "user", content: "hello" }];
const contents = [{ role: "user", parts: [{ text: "hello" }] }];

/** One request in each dialect, and each slot that a client may put its key in. */
const DIALECTS: readonly ((token: string, model: string) => Asking)[] = [
  (token, model) => ({
    path: "/v1/chat/completions",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, messages }),
  }),
  (token, model) => ({
    path: "/v1/responses",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, input: "hello", stream: true }),
  }),
  (token, model) => ({
    path: "/v1/messages",
    headers: { "x-api-key": token, "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model, max_tokens: 20, messages, stream: true }),
  }),
  (token, model) => ({
    path: "/anthropic/v1/chat/completions",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, messages }),
  }),
  (token, model) => ({
    path: `/v1beta/models/${model}:generateContent`,
    headers: { "x-goog-api-key": token },
    body: JSON.stringify({ contents }),
  }),
  (token, model) => ({
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse&key=${token}`,
    headers: {},
    body: JSON.stringify({ contents }),
  }),
  (token, model) => ({
    path: "/v1beta/openai/chat/completions",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, messages, stream: true }),
  }),
];

/** Places where nobody should put a token, and people do: a header of another name, a query of another name, `Basic`, a path. */
const MISPLACED: readonly ((token: string) => Asking)[] = [
  (token) => ({
    path: `/v1/models?api_key=${token}`,
    headers: { "x-token": token, referer: `https://a.example/?${token}` },
  }),
  (token) => ({ path: "/v1/models", headers: { "x-basic": `Basic ${Buffer.from(`u:${token}`).toString("base64")}` } }),
  (token) => ({ path: `/v1/models?next=${encodeURIComponent(`https://a.example/?key=${token}`)}` }),
  (token) => ({ path: `/v1/models/${token}` }),
  (token) => ({ path: "/v1/models", headers: { cookie: `key=${token}`, "proxy-authorization": `Bearer ${token}` } }),
  (token) => ({ path: "/v1/models", headers: { "x-forwarded-for": token, "openai-organization": token } }),
];

/** What a holder does, by plain HTTP and sockets; every answer is written down. */
export class Holder {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  /** Asks the gateway. `name`: what for, in the book of what left. */
  async ask(name: string, asking: Asking): Promise<Answer> {
    const method = asking.method ?? (asking.body === undefined ? "GET" : "POST");
    const headers = { ...(asking.body !== undefined && json), ...asking.headers };
    const answer = await send(this.#house.gatewayUrl, { ...asking, method, headers });
    this.#house.ledger.note("a holder", `${name}: ${method} ${asking.path}`, answer.whole);
    return answer;
  }

  /** Speaks every dialect, to providers that are well and to such that are not. */
  async speak(token: string, models = ["some-model", "evil-region", ...FAULTY, ...EVIL_MODELS]): Promise<void> {
    for (const model of models) {
      await Promise.all(DIALECTS.map((dialect) => this.ask(model, dialect(token, model))));
    }
  }

  /** Puts a token where it doesn't belong, beside where it does. */
  async misplace(token: string): Promise<Answer[]> {
    const own = { authorization: `Bearer ${token}` };
    return Promise.all(
      MISPLACED.map((wrong) => {
        const asking = wrong(token);
        return this.ask("misplaced", { ...asking, headers: { ...asking.headers, ...own } });
      }),
    );
  }

  /** An upload of Gemini's in two legs, begun with the token in the query, whose address comes back. */
  async upload(token: string): Promise<Answer> {
    const begun = await this.ask("upload", {
      path: `/upload/v1beta/files?key=${token}`,
      body: JSON.stringify({ file: { displayName: "a file" } }),
      headers: {
        "x-goog-upload-protocol": "resumable",
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-length": "4",
        "x-goog-upload-header-content-type": "text/plain",
      },
    });
    const { pathname, search } = new URL(begun.headers.get("x-goog-upload-url") ?? "");
    const headers = { "x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0" };
    return this.ask("upload", { path: pathname + search, body: "data", headers });
  }

  /** A socket from its handshake to its close, in whichever slot the token goes. */
  async socket(path: string, slot: { headers?: Record<string, string>; protocols?: string[] }): Promise<void> {
    const address = `${this.#house.gatewayUrl.replace("http", "ws")}${path}`;
    const socket = new WebSocket(address, slot.protocols ?? [], {
      headers: slot.headers ?? {},
      perMessageDeflate: false,
    });
    const parts: string[] = [];
    socket.on("upgrade", (response) => parts.push(response.rawHeaders.join("\n")));
    socket.on("message", (data) => parts.push(bytesOf(data).toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("open", () => {
      socket.send(JSON.stringify({ setup: { model: "models/fake-key-in-frame" } }));
      socket.send(JSON.stringify({ type: "response.create", model: "fake-key-in-frame" }));
    });
    socket.on("unexpected-response", (_request, response) => parts.push(response.rawHeaders.join("\n")));
    const timer = setTimeout(() => socket.terminate(), 1_500);
    // Not `once`, which would throw the error that comes before the close of a refused handshake.
    await new Promise<void>((resolve) => {
      socket.on("close", (code, reason) => {
        parts.push(`${code} ${reason.toString("latin1")}`);
        resolve();
      });
    });
    clearTimeout(timer);
    this.#house.ledger.note("a holder", `socket: ${path}`, parts.join("\n"));
  }

  /** Sockets of both providers that take them, with the token in each slot. */
  async sockets(token: string): Promise<void> {
    const bearer = { headers: { authorization: `Bearer ${token}` } };
    const item = { protocols: ["realtime", `openai-insecure-api-key.${token}`] };
    const live = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
    await Promise.all([
      this.socket("/v1/realtime?model=fake-key-in-frame", bearer),
      this.socket("/v1/realtime?model=fake-key-in-frame", item),
      this.socket("/v1/realtime?model=fake-close-4001", bearer),
      this.socket("/v1/realtime?model=fake-key-in-error", bearer),
      this.socket("/v1/responses", bearer),
      this.socket(`${live}?key=${token}`, {}),
      this.socket(`${live}Constrained?access_token=${token}`, {}),
    ]);
  }
}
