import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Bindings } from "../../../../gateway/bindings.ts";
import { findToken, forgetAll } from "../../../../gateway/lookup.ts";
import { forgetFacts } from "../../../../gateway/reserved/told.ts";
import { hashToken } from "../../../../shared/hash.ts";
import type { TokenRecord } from "../../../../shared/record.ts";
import { standingOf } from "../../../../shared/standing.ts";
import { tokenShape } from "../../../../shared/token.ts";
import { makeToken, publish, type TestToken } from "../../support/gateway.ts";
import { bindingsWith, submit, toldGuard, type ToldGuard, visit } from "../../support/holders.ts";

let token: TestToken;
let guard: ToldGuard;
let bindings: Bindings;

/** What a guard makes of a holder's wish. */
function changed(act: ToldGuard["acts"][number]): TokenRecord {
  const { record } = token;
  if (act.action === "revoke") return { ...record, version: 2, state: "deleted" };
  const old = record.secrets.map((secret) => ({ ...secret, endsAt: Date.now() + act.graceSeconds * 1_000 }));
  const secrets = [{ hash: act.hash, typed: false, endsAt: null }, ...(act.graceSeconds === 0 ? [] : old)];
  return { ...record, version: 2, secrets };
}

beforeEach(async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  token = await makeToken({ holderMay: ["rotate", "revoke"] });
  await publish(token);
  guard = toldGuard(token.record);
  guard.answer = (act) => ({ ok: true, record: changed(act) });
  bindings = bindingsWith(guard);
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetFacts();
  await reset();
});

const post = (path: string, body: BodyInit | null = null, headers: Record<string, string> = {}) =>
  visit(bindings, path, { method: "POST", body, headers: { authorization: `Bearer ${token.secret}`, ...headers } });

/** How a secret stands by what this isolate knows, KV and guard being as they were. */
async function standing(secret: string): Promise<string> {
  const { record, hash } = await findToken(bindings, secret, Date.now(), () => undefined);
  return standingOf(record, hash, Date.now()).standing;
}

describe("POST /-/me/rotate", () => {
  it("gives a new secret of the same token once; the old one ends in this isolate at once", async ({ expect }) => {
    expect(await standing(token.secret)).toBe("live");
    const response = await post("/-/me/rotate");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const body: { secret: string } = await response.json();
    expect(body).toEqual({ token: token.record.id, secret: expect.any(String), oldSecretEndsAt: null });
    expect(tokenShape(body.secret)).toEqual({ kind: "generated", id: token.record.id });
    expect(guard.acts).toEqual([
      { action: "rotate", shown: token.hash, hash: await hashToken(body.secret), graceSeconds: 0 },
    ]);
    expect([await standing(token.secret), await standing(body.secret)]).toEqual(["unknown", "live"]);
  });

  it("lets the old one work for as long as was asked", async ({ expect }) => {
    const before = Date.now();
    const response = await post("/-/me/rotate", '{"graceSeconds":3600}', { "content-type": "application/json" });
    const { oldSecretEndsAt }: { oldSecretEndsAt: string } = await response.json();
    expect(Date.parse(oldSecretEndsAt)).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(guard.acts[0]).toMatchObject({ graceSeconds: 3_600 });
    expect(await standing(token.secret)).toBe("live");
  });

  for (const [body, message] of [
    ['{"graceSeconds":-1}', '"graceSeconds" must be a whole number from 0 to 86400.'],
    ['{"graceSeconds":86401}', '"graceSeconds" must be a whole number from 0 to 86400.'],
    ['{"graceSeconds":1.5}', '"graceSeconds" must be a whole number from 0 to 86400.'],
    ['{"graceSeconds":"60"}', '"graceSeconds" must be a whole number from 0 to 86400.'],
    ['{"grace":1}', 'There is no field "grace" here, only "graceSeconds".'],
    ["[]", "The body is no JSON object."],
    ["{", "The body is no JSON object."],
    [`{"x":"${"x".repeat(5_000)}"}`, "The body may have 4096 bytes at most."],
  ] as const) {
    it(`refuses ${body.slice(0, 30)}`, async ({ expect }) => {
      const response = await post("/-/me/rotate", body);
      expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([400, "unreadable_request"]);
      expect(await response.json()).toMatchObject({ error: { message } });
      expect(guard.acts).toEqual([]);
    });
  }

  it("refuses a body that breaks off", async ({ expect }) => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error("Network connection lost.")) });
    const response = await post("/-/me/rotate", body);
    expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([400, "unreadable_request"]);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringMatching(/^The body ended too soon/) },
    });
    expect(guard.acts).toEqual([]);
  });
});

describe("POST /-/me/revoke", () => {
  it("ends the token, in this isolate at once", async ({ expect }) => {
    expect(await standing(token.secret)).toBe("live");
    const response = await post("/-/me/revoke");
    expect(await response.json()).toEqual({ token: token.record.id, revoked: true });
    expect(guard.acts).toEqual([{ action: "revoke", shown: token.hash }]);
    expect(await standing(token.secret)).toBe("unknown");
  });
});

for (const action of ["rotate", "revoke"] as const) {
  describe(`POST /-/me/${action} is refused`, () => {
    it("where the owner doesn't allow it: the guard's word", async ({ expect }) => {
      guard.answer = () => ({ ok: false, refusal: { code: "holder_may_not", action } });
      const response = await post(`/-/me/${action}`);
      expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([403, "holder_may_not"]);
      expect(await response.json()).toMatchObject({
        error: { message: `The owner of this token does not let its holder ${action} it.` },
      });
      expect(await standing(token.secret)).toBe("live");
    });

    it("to a dead token, whose guard isn't asked", async ({ expect }) => {
      await publish({ ...token, record: { ...token.record, state: "disabled" } });
      expect((await post(`/-/me/${action}`)).status).toBe(401);
      expect(guard.acts).toEqual([]);
    });

    it("while the guard can't be asked", async ({ expect }) => {
      guard.fails = true;
      const response = await post(`/-/me/${action}`);
      expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([503, "token_check_unavailable"]);
      expect(await standing(token.secret)).toBe("live");
    });

    for (const site of ["cross-site", "same-site"]) {
      it(`to a ${site} page, by form or by script`, async ({ expect }) => {
        const script = await post(`/-/me/${action}`, null, { "sec-fetch-site": site });
        expect([script.status, script.headers.get("x-doppelgate-error")]).toEqual([403, "cross_site"]);
        const form = await submit(bindings, `/-/me/${action}`, { token: token.secret }, { "sec-fetch-site": site });
        expect(form.status).toBe(403);
        expect(await form.text()).toContain("another site&#39;s page");
        expect(guard.acts).toEqual([]);
      });
    }

    it("by GET: a link does nothing", async ({ expect }) => {
      const response = await visit(bindings, `/-/me/${action}?key=${token.secret}`);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    });
  });
}
