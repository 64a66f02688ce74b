import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { parseCapability, signUpload } from "../../../gateway/capability.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { targetOf } from "../../../gateway/target.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { ask, control, issue, KEYS, makeToken, type Sent, type TestToken } from "../support/gateway.ts";
import { begin, fakeUploads, GOOGLE, goOn, UPLOAD } from "../support/uploads.ts";

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

const DAY_MS = 24 * 60 * 60_000;

/** An address of an upload with another end than the gateway would choose. */
async function signedUntil(expiresAt: number): Promise<string> {
  const { path, query } = targetOf(`https://g.example${UPLOAD}`);
  const opener = { tokenId: token.record.id, hash: token.hash, expiresAt };
  return path + (await signUpload(KEYS.gemini, { path, query }, opener));
}

/** The end of the capability that an answer gives, ms since 1970. */
function endOf({ headers }: Response): number {
  const { searchParams } = new URL(headers.get("x-goog-upload-url") ?? "");
  return parseCapability(searchParams.get("gw") ?? "")?.expiresAt ?? 0;
}

describe("the second leg of an upload", () => {
  it("needs no credential; the provider gets its own key and no capability", async ({ expect }) => {
    const response = await goOn(await begin(token, sent));
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
      expect((await goOn(await begin(token, sent), { "x-goog-upload-command": command }, method)).status).toBe(200);
    });
  }

  for (const slot of ["x-goog-api-key", "authorization", "query"]) {
    it(`may have the same token beside it (${slot})`, async ({ expect }) => {
      const address = await begin(token, sent);
      const response =
        slot === "query"
          ? await goOn(`${address}&key=${token.secret}`)
          : await goOn(address, { [slot]: slot === "authorization" ? `Bearer ${token.secret}` : token.secret });
      expect(response.status).toBe(200);
      expect(sent[0]?.url).toBe(GOOGLE + UPLOAD);
    });
  }

  it("goes on under the new secret of a rotated token", async ({ expect }) => {
    const address = await begin(token, sent);
    const next = await makeToken({ id: token.record.id });
    await change({ secrets: next.record.secrets });
    forgetAll();
    expect((await goOn(address, { "x-goog-api-key": next.secret })).status).toBe(200);
  });

  it("goes on by the old secret's capability while the rotation's grace lasts", async ({ expect }) => {
    const address = await begin(token, sent);
    const next = await makeToken({ id: token.record.id });
    const grace = token.record.secrets.map((secret) => ({ ...secret, endsAt: Date.now() + 60_000 }));
    await change({ secrets: [...next.record.secrets, ...grace] });
    expect((await goOn(address)).status).toBe(200);
  });

  it("is given no later end than it had", async ({ expect }) => {
    const soon = Math.floor(Date.now() / 1000) * 1000 + 60_000;
    const address = await signedUntil(soon);
    expect(endOf(await goOn(address))).toBe(soon);
  });

  it("beside a token is given a day, whatever end was made up in its address", async ({ expect }) => {
    const address = (await signedUntil(Date.now())).replace(/(gw=\w+\.)\w+/, "$1zzzzzzzz");
    const before = Date.now();
    const end = endOf(await goOn(address, { "x-goog-api-key": token.secret }));
    expect(end).toBeGreaterThan(before + DAY_MS - 1_001);
    expect(end).toBeLessThanOrEqual(Date.now() + DAY_MS);
  });

  it("goes on where it was begun with a rotated-away secret beside the live one", async ({ expect }) => {
    const next = await makeToken({ id: token.record.id });
    const gone = token.record.secrets.map((secret) => ({ ...secret, endsAt: Date.now() - 1 }));
    await change({ secrets: [...gone, ...next.record.secrets] });
    const headers = { authorization: `Bearer ${token.secret}`, "x-goog-api-key": next.secret };
    const response = await ask("/upload/v1beta/files", { method: "POST", headers });
    const url = new URL(response.headers.get("x-goog-upload-url") ?? "");
    expect((await goOn(url.pathname + url.search)).status).toBe(200);
  });

  it("works for a typed token", async ({ expect }) => {
    const typed = await issue({}, "typed-by-the-owner");
    expect((await goOn(await begin(typed, sent))).status).toBe(200);
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
      const address = await begin(token, sent);
      const response = await goOn(path + address.slice(address.indexOf("?")));
      expect(response.status).toBe(401);
      expect(response.headers.get("x-doppelgate-error")).toBe("missing_token");
      expect(sent).toEqual([]);
    });
  }

  it("beside a slot of another provider opens nothing more than the slot", async ({ expect }) => {
    const address = await begin(token, sent);
    const response = await goOn(address.replace("/upload/v1beta", "/v1"), {
      "x-api-key": "sk-ant-not-a-token-of-ours",
      "anthropic-version": "2023-06-01",
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("x-doppelgate-error")).toBe("unknown_token");
  });
});
