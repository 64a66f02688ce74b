import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Owner, PASSWORD, registry } from "../../support/admin.ts";

const MINUTE = 60_000;
let owner: Owner;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  owner = await Owner.signedIn();
});

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const later = (minutes: number): void => void vi.setSystemTime(Date.now() + minutes * MINUTE);
const confirm = (password: string) => owner.send("POST", "/api/session/confirm", { password });

const NEEDS_PROOF = [
  ["POST", "/api/tokens"],
  ["POST", "/api/tokens/x/rotate"],
  ["DELETE", "/api/tokens/x"],
  ["POST", "/api/tokens/x/claim"],
  ["POST", "/api/tokens/bulk"],
  ["DELETE", "/api/policies/x"],
  ["POST", "/api/webhooks"],
  ["DELETE", "/api/webhooks/x"],
  ["POST", "/api/rebuild"],
] as const;

describe("what reveals, deletes, or changes much at once", () => {
  it("is free for a quarter of an hour after the sign-in", async ({ expect }) => {
    later(15 - 1 / 60);
    await owner.create("alice");
    later(1 / 60);
    const { status, body } = await owner.send("POST", "/api/tokens", { label: "bob", providers: ["openai"] });
    expect([status, body]).toEqual([
      403,
      {
        type: "urn:doppelgate:problem:fresh-sign-in-required",
        title: "Prove once more who you are",
        status: 403,
        detail:
          "This needs a proof of who you are that is at most 15 minutes old. Sign in anew, or send the password, with the " +
          "code where one is asked for, to POST /api/session/confirm; then repeat the request.",
      },
    ]);
  });

  for (const [method, path] of NEEDS_PROOF) {
    it(`needs a fresh proof: ${method} ${path}`, async ({ expect }) => {
      later(15);
      const { status, body } = await owner.send(method, path, method === "POST" ? {} : undefined);
      expect([status, body.type]).toEqual([403, "urn:doppelgate:problem:fresh-sign-in-required"]);
      await confirm(PASSWORD);
      expect((await owner.send(method, path, method === "POST" ? {} : undefined)).status).not.toBe(403);
    });
  }

  it("needs none where it only reads, edits one thing, or shuts something", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const other = await Owner.signedIn();
    later(60);
    expect((await owner.send("GET", "/api/tokens")).status).toBe(200);
    expect((await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" })).status).toBe(200);
    expect((await owner.send("DELETE", "/api/sessions?keep=this")).status).toBe(200);
    expect((await other.send("GET", "/api/tokens")).status).toBe(401);
  });

  it("goes on after a proof, which the session's own page and the audit log tell", async ({ expect }) => {
    later(30);
    const { status, body } = await owner.send<{ session: { provenAt: string } }>("POST", "/api/session/confirm", {
      password: PASSWORD,
    });
    expect([status, Date.parse(body.session.provenAt)]).toEqual([200, Date.now()]);
    expect((await owner.create("alice")).token.label).toBe("alice");
    const { entries } = await registry().readAudit({ tokenId: null, before: null, limit: 2 });
    expect(entries.map(({ action, changes }) => [action, changes])[1]).toEqual([
      "session.confirm",
      { by: { before: null, after: "password" } },
    ]);
    later(15);
    expect((await owner.send("DELETE", "/api/tokens/x")).status).toBe(403);
  });

  it("isn't opened by a wrong password, and guesses are throttled", async ({ expect }) => {
    later(30);
    const wrong = await confirm("not-the-password");
    expect([wrong.status, wrong.body.title, wrong.text.includes("not-the-password")]).toEqual([
      401,
      "The password is wrong",
      false,
    ]);
    expect((await owner.send("DELETE", "/api/tokens/x")).status).toBe(403);
    for (let index = 0; index < 4; index++) await confirm("not-the-password");
    expect((await confirm(PASSWORD)).status).toBe(429);
    later(1);
    expect((await confirm(PASSWORD)).status).toBe(200);
  });

  it("isn't opened by another session's proof", async ({ expect }) => {
    later(30);
    const other = await Owner.signedIn();
    expect((await other.send("DELETE", "/api/tokens/x")).status).toBe(404);
    expect((await owner.send("DELETE", "/api/tokens/x")).status).toBe(403);
  });
});
