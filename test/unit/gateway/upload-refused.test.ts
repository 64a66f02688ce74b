import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../gateway/bindings.ts";
import { signUpload } from "../../../gateway/capability.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { Refused } from "../../../gateway/refusals.ts";
import { targetOf } from "../../../gateway/target.ts";
import { capabilityOf, findOpener, uploadKeyOf } from "../../../gateway/upload.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { ask, control, gatewayEnv, issue, KEYS, type Sent, type TestToken } from "../support/gateway.ts";
import { begin, fakeUploads, GO_ON, goOn, UPLOAD } from "../support/uploads.ts";

let token: TestToken;
let sent: Sent[];

beforeEach(async () => {
  token = await issue();
  sent = fakeUploads();
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

async function change(change: Partial<TokenRecord>): Promise<void> {
  await control.apply({ ...token.record, version: 2, ...change });
}

/** What the holder reads of a refused capability. */
async function refusalOf(response: Response): Promise<unknown> {
  const { status, headers } = response;
  const code = headers.get("x-doppelgate-error");
  return { status, code, retry: headers.get("x-should-retry"), body: await response.json(), sent: sent.length };
}

const REFUSED = {
  status: 401,
  code: "invalid_upload_capability",
  retry: "false",
  sent: 0,
  body: {
    error: {
      code: 401,
      status: "UNAUTHENTICATED",
      message: "This upload address is not valid here, or not any more. Start the upload again.",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "INVALID_UPLOAD_CAPABILITY",
          domain: "doppelgate",
        },
      ],
    },
  },
};

describe("a capability that opens nothing", () => {
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
    it(`that is ${name}`, async ({ expect }) => {
      const address = alter(await begin(token, sent));
      expect(await refusalOf(await goOn(address))).toEqual(REFUSED);
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
    it(`that is used ${name}`, async ({ expect }) => {
      const headers = { "x-goog-upload-command": command };
      const body = method === "GET" ? {} : { body: "x" };
      expect(await refusalOf(await ask(await begin(token, sent), { method, headers, ...body }))).toEqual(REFUSED);
    });
  }

  it("past its end", async ({ expect }) => {
    const opener = { tokenId: token.record.id, hash: token.hash, expiresAt: Date.now() - 1000 };
    const { path, query } = targetOf(`https://g.example${UPLOAD}`);
    const address = path + (await signUpload(KEYS.gemini, { path, query }, opener));
    expect(await refusalOf(await goOn(address))).toEqual(REFUSED);
  });

  it("signed under another provider key", async ({ expect }) => {
    const opener = { tokenId: token.record.id, hash: token.hash, expiresAt: Date.now() + 60_000 };
    const { path, query } = targetOf(`https://g.example${UPLOAD}`);
    expect(await refusalOf(await goOn(path + (await signUpload(KEYS.openai, { path, query }, opener))))).toEqual(
      REFUSED,
    );
  });

  it("beside another holder's token", async ({ expect }) => {
    const other = await issue();
    expect(await refusalOf(await goOn(await begin(token, sent), { "x-goog-api-key": other.secret }))).toEqual(REFUSED);
  });

  it("costs no look-up when it is made up", async ({ expect }) => {
    const bindings = { ...bindingsOf(gatewayEnv), guards: null as never };
    const target = targetOf(`https://g.example${(await begin(token, sent)).replace(/.{4}$/, "AAAA")}`);
    const capability = capabilityOf("gemini", target);
    if (capability === null) throw new Error("no capability");
    const request = new Request("https://g.example/", { method: "POST", headers: GO_ON });
    const key = await uploadKeyOf(capability, target, bindings);
    const error = await findOpener(capability, request, key, bindings, Date.now()).catch((e: unknown) => e);
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
      const address = await begin(token, sent);
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
    const target = targetOf(`https://g.example${await begin(token, sent)}`);
    const capability = capabilityOf("gemini", target);
    if (capability === null) throw new Error("no capability");
    const request = new Request("https://g.example/", { method: "POST", headers: GO_ON });
    const bindings = { ...bindingsOf(gatewayEnv), guards };
    const key = await uploadKeyOf(capability, target, bindings);
    const error = await findOpener(capability, request, key, bindings, Date.now()).catch((e: unknown) => e);
    expect((error as Refused).refusal).toEqual({ code: "token_check_unavailable" });
  });
});
