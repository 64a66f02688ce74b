import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, it } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { breakDelivery, Owner, PASSWORD, send, sendWith, signIn } from "../../support/admin.ts";

afterEach(() => reset());

interface Entry {
  number: number;
  at: string;
  action: string;
  session: string | null;
  address: string;
  userAgent: string;
  tokenId: string | null;
  label: string | null;
  changes: Record<string, { before: unknown; after: unknown }>;
}
type Log = { entries: Entry[]; next: string | null };

const fail = async (): Promise<never> => {
  throw new Error("it is down");
};

describe("the audit log", () => {
  it("says who did what, and what it was before", async ({ expect }) => {
    const owner = new Owner(await signIn({ "cf-connecting-ip": "192.0.2.7", "user-agent": "Browser/1" }));
    const { token } = await owner.create("alice");
    await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "bob", status: "disabled" });
    await owner.send("POST", `/api/tokens/${token.id}/rotate`, { graceSeconds: 60, secret: "typed-by-the-owner-1" });
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    await owner.send("POST", "/api/rebuild", { target: "registry" });
    await send("POST", "/api/session", {
      body: { password: "a wrong guess" },
      headers: { "cf-connecting-ip": "192.0.2.8" },
    });
    const { entries } = (await owner.send<Log>("GET", "/api/audit")).body;
    expect(entries.map(({ action, label, changes }) => [action, label, changes])).toEqual([
      ["session.refused", null, { by: { before: null, after: "password" } }],
      ["registry.rebuild", null, { target: { before: null, after: "registry" } }],
      ["token.delete", "bob", { state: { before: "disabled", after: "deleted" } }],
      [
        "token.rotate",
        "bob",
        { secret: { before: "generated", after: "typed" }, graceSeconds: { before: null, after: 60 } },
      ],
      [
        "token.update",
        "bob",
        { label: { before: "alice", after: "bob" }, state: { before: "active", after: "disabled" } },
      ],
      [
        "token.create",
        "alice",
        {
          label: { before: null, after: "alice" },
          state: { before: null, after: "active" },
          providers: { before: null, after: ["openai"] },
          secret: { before: null, after: "generated" },
        },
      ],
      ["session.open", null, { by: { before: null, after: "password" } }],
    ]);
    expect(entries[0]).toMatchObject({ address: "192.0.2.8", session: null, tokenId: null });
    expect(entries.at(-1)).toMatchObject({ address: "192.0.2.7", userAgent: "Browser/1" });
    const sessions = new Set(entries.slice(1).map(({ session }) => session));
    expect(sessions.size).toBe(1);
    expect(entries[2]?.tokenId).toBe(token.id);
  });

  it("writes down the end of sessions", async ({ expect }) => {
    const [first, second, third] = [await Owner.signedIn(), await Owner.signedIn(), await Owner.signedIn()];
    await first.send("DELETE", "/api/session");
    await second.send("DELETE", "/api/sessions");
    expect((await third.send("GET", "/api/audit")).status).toBe(401);
    const { entries } = (await (await Owner.signedIn()).send<Log>("GET", "/api/audit")).body;
    expect(entries.slice(1, 3).map(({ action, changes }) => [action, changes])).toEqual([
      ["session.endAll", { sessions: { before: 2, after: 0 } }],
      ["session.end", { session: { before: entries[2]?.session, after: null } }],
    ]);
  });

  it("holds no secret, no password, no JWT and no hash", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const { secret, token } = await owner.create("alice");
    const typed = "typed-by-the-owner-1";
    await owner.send("POST", `/api/tokens/${token.id}/rotate`, { secret: typed });
    await owner.send("POST", "/api/tokens", { label: "bob", providers: ["openai"], secret: typed });
    await send("POST", "/api/session", { body: { password: "a wrong guess" } });
    const { text } = await owner.send("GET", "/api/audit");
    for (const word of [
      secret,
      typed,
      PASSWORD,
      "a wrong guess",
      owner.jwt,
      await hashToken(secret),
      await hashToken(typed),
    ]) {
      expect(text).not.toContain(word);
    }
  });

  it("goes page by page, and by token", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const { token } = await owner.create("alice");
    await owner.create("bob");
    await owner.send("PATCH", `/api/tokens/${token.id}`, { note: "n" });
    const first = (await owner.send<Log>("GET", "/api/audit?limit=3")).body;
    const second = (await owner.send<Log>("GET", `/api/audit?limit=3&cursor=${first.next}`)).body;
    expect([...first.entries, ...second.entries].map(({ action }) => action)).toEqual([
      "token.update",
      "token.create",
      "token.create",
      "session.open",
    ]);
    expect(second.next).toBeNull();
    const ofAlice = (await owner.send<Log>("GET", `/api/audit?token=${token.id}`)).body;
    expect(ofAlice.entries.map(({ action }) => action)).toEqual(["token.update", "token.create"]);
  });

  for (const [query, field] of [
    ["limit=0", "limit"],
    ["cursor=t1.abc", "cursor"],
    ["cursor=-1", "cursor"],
    ["user=x", "user"],
  ] as const) {
    it(`refuses ?${query}`, async ({ expect }) => {
      const owner = await Owner.signedIn();
      const { status, body } = await owner.send("GET", `/api/audit?${query}`);
      expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    });
  }
});

describe("the status", () => {
  it("says what answers and what is there", async ({ expect }) => {
    const owner = await Owner.signedIn();
    await owner.create("alice");
    const { token } = await owner.create("bob");
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" });
    expect((await owner.send<object>("GET", "/api/status")).body).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      gateway: {
        reachable: true,
        // As vitest.config.ts sets the keys of the gateway beside the admin's tests.
        providers: {
          openai: { configured: true, rejectedAt: null, keys: [{ fingerprint: "3384bbf4", rejectedAt: null }] },
          anthropic: { configured: false, rejectedAt: null, keys: [] },
          gemini: { configured: false, rejectedAt: null, keys: [] },
        },
      },
      kv: { reachable: true },
      pending: { gateway: 0, kv: 0, settings: 0 },
      tokens: { active: 1, disabled: 1, expired: 0, deleted: 0 },
      rebuild: null,
    });
  });

  it("says what isn't confirmed", async ({ expect }) => {
    const owner = await Owner.signedIn();
    await breakDelivery({ apply: fail });
    await owner.create("alice");
    await breakDelivery({ apply: fail, put: fail });
    await owner.create("bob");
    const { body } = await owner.send<{ pending: object }>("GET", "/api/status");
    expect(body.pending).toEqual({ gateway: 2, kv: 1, settings: 0 });
  });

  for (const [name, gateway] of [
    ["missing", undefined],
    ["failing", { facts: fail }],
  ] as const) {
    it(`and everything else works with the gateway ${name}`, async ({ expect }) => {
      const bindings = { GATEWAY: gateway, ADMIN_SECRET: PASSWORD };
      const session = await sendWith<{ token: string }>(bindings, "POST", "/api/session", {
        body: { password: PASSWORD },
      });
      const headers = { authorization: `Bearer ${session.body.token}` };
      const status = await sendWith<{ gateway: object; kv: object }>(bindings, "GET", "/api/status", { headers });
      expect([status.status, status.body.gateway, status.body.kv]).toEqual([
        200,
        { reachable: false, providers: null },
        { reachable: true },
      ]);
      expect((await sendWith(bindings, "GET", "/api/tokens", { headers })).status).toBe(200);
    });
  }

  it("says that KV fails", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const bindings = { TOKENS: { ...env.TOKENS, list: fail }, ADMIN_SECRET: PASSWORD };
    const headers = { authorization: `Bearer ${owner.jwt}` };
    const { body } = await sendWith<{ kv: object }>(bindings, "GET", "/api/status", { headers });
    expect(body.kv).toEqual({ reachable: false });
  });
});
