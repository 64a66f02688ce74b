import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../gateway/bindings.ts";
import { signUpload } from "../../../gateway/capability.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { Refused } from "../../../gateway/refusals.ts";
import { targetOf } from "../../../gateway/target.ts";
import { capabilityOf, findOpener } from "../../../gateway/upload.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import {
  ask,
  control,
  fakeUpstream,
  gatewayEnv,
  issue,
  KEYS,
  makeToken,
  type Sent,
  type TestToken,
} from "../support/gateway.ts";

const GOOGLE = "https://generativelanguage.googleapis.com";
const UPLOAD = "/upload/v1beta/files?upload_id=u-1&upload_protocol=resumable";
const GO_ON = { "x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0" };
const INVALID = "This upload address is not valid here, or not any more. Start the upload again.";

let token: TestToken;
let sent: Sent[];

beforeEach(async () => {
  token = await issue();
  const headers = { "x-goog-upload-url": GOOGLE + UPLOAD, "x-goog-upload-status": "active" };
  ({ sent } = fakeUpstream(() => Response.json({}, { headers })));
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

/** Begins an upload; gives path and query of the address that the holder is sent to. */
async function begin({ secret }: TestToken = token): Promise<string> {
  const response = await ask("/upload/v1beta/files", { method: "POST", headers: { "x-goog-api-key": secret } });
  const url = new URL(response.headers.get("x-goog-upload-url") ?? "");
  sent.length = 0;
  return url.pathname + url.search;
}

const goOn = (address: string, headers: Record<string, string> = {}, method = "POST"): Promise<Response> =>
  ask(address, { method, headers: { ...GO_ON, ...headers }, body: "bytes" });

async function change(change: Partial<TokenRecord>): Promise<void> {
  await control.apply({ ...token.record, version: 2, ...change });
}

describe("the second leg of an upload", () => {
  it("needs no credential; the provider gets its own key and no capability", async ({ expect }) => {
    const response = await goOn(await begin());
    expect(response.status).toBe(200);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe(GOOGLE + UPLOAD);
    expect(sent[0]?.body).toBe("bytes");
    expect(sent[0]?.headers.get("x-goog-api-key")).toBe(KEYS.gemini);
  });

  for (const [command, method] of [
    ["upload", "POST"],
    ["query", "POST"],
    ["Upload,Finalize", "POST"],
    ["finalize", "PUT"],
    ["cancel", "POST"],
  ] as const) {
    it(`may ${command} by ${method}`, async ({ expect }) => {
      expect((await goOn(await begin(), { "x-goog-upload-command": command }, method)).status).toBe(200);
    });
  }

  for (const slot of ["x-goog-api-key", "authorization", "query"]) {
    it(`may have the same token beside it (${slot})`, async ({ expect }) => {
      const address = await begin();
      const response =
        slot === "query"
          ? await goOn(`${address}&key=${token.secret}`)
          : await goOn(address, { [slot]: slot === "authorization" ? `Bearer ${token.secret}` : token.secret });
      expect(response.status).toBe(200);
      expect(sent[0]?.url).toBe(GOOGLE + UPLOAD);
    });
  }

  it("goes on under the new secret of a rotated token", async ({ expect }) => {
    const address = await begin();
    const next = await makeToken({ id: token.record.id });
    await change({ secrets: next.record.secrets });
    forgetAll();
    expect((await goOn(address, { "x-goog-api-key": next.secret })).status).toBe(200);
  });

  it("goes on by the old secret's capability while the rotation's grace lasts", async ({ expect }) => {
    const address = await begin();
    const next = await makeToken({ id: token.record.id });
    const grace = token.record.secrets.map((secret) => ({ ...secret, endsAt: Date.now() + 60_000 }));
    await change({ secrets: [...next.record.secrets, ...grace] });
    expect((await goOn(address)).status).toBe(200);
  });

  it("is given no later end than it had", async ({ expect }) => {
    const address = await begin();
    const { headers } = await goOn(address);
    const again = new URL(headers.get("x-goog-upload-url") ?? "");
    expect(again.pathname + again.search).toBe(address);
  });

  it("works for a typed token", async ({ expect }) => {
    const typed = await issue({}, "typed-by-the-owner");
    expect((await goOn(await begin(typed))).status).toBe(200);
  });
});

describe("a capability that opens nothing", () => {
  async function expectRefused(response: Response, expect: typeof import("vitest").expect): Promise<void> {
    expect(response.status).toBe(401);
    expect(response.headers.get("x-doppelgate-error")).toBe("invalid_upload_capability");
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({
      error: {
        code: 401,
        status: "UNAUTHENTICATED",
        message: INVALID,
        details: [{ reason: "INVALID_UPLOAD_CAPABILITY", domain: "doppelgate" }],
      },
    });
    expect(sent).toEqual([]);
  }

  for (const [name, alter] of [
    ["changed", (address: string) => `${address.slice(0, -4)}AAAA`],
    ["of no form", (address: string) => address.replace(/gw=.*/, "gw=x")],
    ["empty", (address: string) => address.replace(/gw=.*/, "gw=")],
    ["doubled", (address: string) => `${address}&${address.slice(address.indexOf("gw="))}`],
    ["for another upload", (address: string) => address.replace("u-1", "u-2")],
    ["for two uploads", (address: string) => `${address}&upload_id=u-2`],
    ["on another path of uploads", (address: string) => address.replace("/files?", "/fileSearchStores/s:upload?")],
    ["with another token's id", (address: string) => address.replace(token.record.id, "0123456789")],
  ] as const) {
    it(`${name}`, async ({ expect }) => {
      const address = alter(await begin());
      await expectRefused(await goOn(address), expect);
    });
  }

  for (const [name, method, command] of [
    ["to begin another upload", "POST", "start"],
    ["to begin and finish one", "POST", "start, upload, finalize"],
    ["without a command", "POST", ""],
    ["to read", "GET", "query"],
    ["to delete", "DELETE", "cancel"],
    ["to patch", "PATCH", "upload"],
  ] as const) {
    it(name, async ({ expect }) => {
      const headers = { "x-goog-upload-command": command };
      const body = method === "GET" ? {} : { body: "x" };
      await expectRefused(await ask(await begin(), { method, headers, ...body }), expect);
    });
  }

  it("past its end", async ({ expect }) => {
    const opener = { tokenId: token.record.id, hash: token.hash, expiresAt: Date.now() - 1000 };
    const { path, query } = targetOf(`https://g.example${UPLOAD}`);
    const address = path + (await signUpload(KEYS.gemini, { path, query }, opener));
    await expectRefused(await goOn(address), expect);
  });

  it("signed under another provider key", async ({ expect }) => {
    const opener = { tokenId: token.record.id, hash: token.hash, expiresAt: Date.now() + 60_000 };
    const { path, query } = targetOf(`https://g.example${UPLOAD}`);
    await expectRefused(await goOn(path + (await signUpload(KEYS.openai, { path, query }, opener))), expect);
  });

  it("beside another holder's token", async ({ expect }) => {
    const other = await issue();
    await expectRefused(await goOn(await begin(), { "x-goog-api-key": other.secret }), expect);
  });

  it("costs no look-up when it is made up", async ({ expect }) => {
    const bindings = { ...bindingsOf(gatewayEnv), guards: null as never };
    const target = targetOf(`https://g.example${(await begin()).replace(/.{4}$/, "AAAA")}`);
    const capability = capabilityOf("gemini", target);
    if (capability === null) throw new Error("no capability");
    const request = new Request("https://g.example/", { method: "POST", headers: GO_ON });
    const error = await findOpener(capability, request, target, bindings, Date.now()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).message).toBe("invalid_upload_capability");
  });
});

describe("a capability follows its token", () => {
  const unknown = "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.";

  for (const [name, changed, status, code, message] of [
    ["disabled", { state: "disabled" }, 401, "unknown_token", unknown],
    ["deleted", { state: "deleted" }, 401, "unknown_token", unknown],
    [
      "rotated away",
      { secrets: [{ hash: "0".repeat(64), typed: false, endsAt: null }] },
      401,
      "unknown_token",
      unknown,
    ],
    ["past its grace", { secrets: "ended" }, 401, "unknown_token", unknown],
    [
      "expired",
      { expiresAt: Date.UTC(2026, 0, 1) },
      401,
      "expired_token",
      "This token expired on Thu, 01 Jan 2026 00:00:00 GMT. Ask its owner to extend it.",
    ],
    [
      "not for Gemini any more",
      { providers: ["openai"] },
      403,
      "provider_not_allowed",
      "This token does not allow Google Gemini; it allows OpenAI. Ask its owner.",
    ],
  ] as const) {
    it(`${name}: at once, with the token's own words`, async ({ expect }) => {
      const address = await begin();
      expect((await goOn(address)).status).toBe(200);
      sent.length = 0;
      const secrets = token.record.secrets.map((secret) => ({ ...secret, endsAt: Date.now() - 1 }));
      await change(
        ("secrets" in changed && changed.secrets === "ended" ? { secrets } : changed) as Partial<TokenRecord>,
      );
      const response = await goOn(address);
      expect(response.status).toBe(status);
      expect(response.headers.get("x-doppelgate-error")).toBe(code);
      expect(await response.json()).toMatchObject({ error: { message } });
      expect(sent).toEqual([]);
    });
  }

  it("unknown while its guard can't be asked: a 503, so that nobody gives the upload up", async ({ expect }) => {
    const guards = { getByName: () => ({ recall: () => Promise.reject(new Error("no guard")) }) } as never;
    const target = targetOf(`https://g.example${await begin()}`);
    const capability = capabilityOf("gemini", target);
    if (capability === null) throw new Error("no capability");
    const request = new Request("https://g.example/", { method: "POST", headers: GO_ON });
    const bindings = { ...bindingsOf(gatewayEnv), guards };
    const error = await findOpener(capability, request, target, bindings, Date.now()).catch((e: unknown) => e);
    expect((error as Refused).refusal).toEqual({ code: "token_check_unavailable" });
  });
});

describe("a capability anywhere else", () => {
  for (const path of [
    "/v1beta/files",
    "/v1/files",
    "/v1/messages",
    "/v1/chat/completions",
    "/download/v1beta/files/f",
  ]) {
    it(`is no credential: ${path}`, async ({ expect }) => {
      const address = await begin();
      const response = await goOn(path + address.slice(address.indexOf("?")));
      expect(response.status).toBe(401);
      expect(response.headers.get("x-doppelgate-error")).toBe("missing_token");
      expect(sent).toEqual([]);
    });
  }

  it("beside a slot of another provider opens nothing more than the slot", async ({ expect }) => {
    const address = await begin();
    const response = await goOn(address.replace("/upload/v1beta", "/v1"), {
      "x-api-key": "sk-ant-not-a-token-of-ours",
      "anthropic-version": "2023-06-01",
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("x-doppelgate-error")).toBe("unknown_token");
  });
});
