import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { claimedId } from "../../../../shared/token.ts";
import { breakDelivery, kvContent, Owner, send, sendWith, type TokenBody, withSql } from "../../support/admin.ts";

type Prepared = { link: string | null; path: string; token: TokenBody };
let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;
const good = { label: "alice", providers: ["openai"] };
const make = (id: string, body?: unknown) => owner.send<Prepared>("POST", `/api/tokens/${id}/claim`, body);
const withdraw = (id: string) => owner.send<{ token: TokenBody }>("DELETE", `/api/tokens/${id}/claim`);
const expiry = (token: TokenBody): number => Date.parse(token.claim?.expiresAt ?? "") - Date.now();
const audit = async (id: string) =>
  (await owner.send<{ entries: { action: string; changes: unknown }[] }>("GET", `/api/audit?token=${id}`)).body.entries;

describe("creating a token with a claim link", () => {
  it("answers with the link, and with no secret", async ({ expect }) => {
    const body = { ...good, claim: { expiresInSeconds: 3_600 } };
    const headers = { authorization: `Bearer ${owner.jwt}` };
    const bindings = { ...env, GATEWAY_URL: "https://gateway.example/" };
    const answer = await sendWith<Prepared>(bindings, "POST", "/api/tokens", { body, headers });
    expect([answer.status, answer.headers.get("location")]).toEqual([201, `/api/tokens/${answer.body.token.id}`]);
    const { link, path, token } = answer.body;
    expect(Object.keys(answer.body).toSorted((a, b) => a.localeCompare(b))).toEqual(["link", "path", "token"]);
    expect(path).toMatch(/^\/-\/claim#dgc_\w{48}$/);
    expect(link).toBe(`https://gateway.example${path}`);
    expect(claimedId(path.split("#")[1] ?? "")).toBe(token.id);
    expect(token).toMatchObject({ secrets: [], claim: { state: "open", usedAt: null, country: null } });
    expect(Math.abs(expiry(token) - 3_600_000)).toBeLessThan(60_000);
  });

  it("lasts seven days where nothing is said, and says no link where the gateway isn't known", async ({ expect }) => {
    const { body } = await owner.send<Prepared>("POST", "/api/tokens", { ...good, claim: {} });
    expect(body.link).toBeNull();
    expect(Math.abs(expiry(body.token) - 7 * DAY)).toBeLessThan(60_000);
  });

  it("ends with its token at the latest", async ({ expect }) => {
    const expiresAt = new Date(Date.now() + 7_200_000).toISOString();
    const { token } = await owner.prepare("alice", { expiresAt });
    expect(token.claim).toMatchObject({ state: "open", expiresAt });
  });

  it("keeps the hash of the link alone", async ({ expect }) => {
    const { claim } = await owner.prepare("alice");
    const tables = ["tokens", "secrets", "outbox", "audit"];
    const stored = await withSql((sql) =>
      JSON.stringify(tables.map((one) => sql.exec(`SELECT * FROM ${one}`).toArray())),
    );
    expect(stored).not.toContain(claim.slice(14));
    expect(JSON.stringify(await kvContent())).toBe("{}");
  });

  const life = "A claim link lives for an hour (3600 seconds) at least, and for 30 days (2592000 seconds) at most.";
  for (const [claim, more, field, message] of [
    [{ expiresInSeconds: 3_599 }, {}, "claim.expiresInSeconds", life],
    [{ expiresInSeconds: 2_592_001 }, {}, "claim.expiresInSeconds", life],
    [{ expiresInSeconds: 3_600.5 }, {}, "claim.expiresInSeconds", "This has to be a whole number of seconds."],
    [{ expiresInSeconds: "7d" }, {}, "claim.expiresInSeconds", "This has to be a whole number of seconds."],
    [{ graceSeconds: 5 }, {}, "claim.graceSeconds", "There is no such field; leave it out."],
    [
      {},
      { secret: "typed-by-the-owner-1" },
      "claim",
      "Whoever uses a claim link makes the secret. Leave out secret, or leave out claim.",
    ],
  ] as const) {
    it(`refuses ${JSON.stringify({ claim, ...more })}`, async ({ expect }) => {
      const { status, body } = await owner.send("POST", "/api/tokens", { ...good, claim, ...more });
      expect([status, body.errors]).toEqual([400, [{ field, message }]]);
    });
  }
});

describe("a claim link of a token that is there", () => {
  it("hands over a rotation, and leaves what works until it is used", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const { status, body } = await make(token.id, { expiresInSeconds: 86_400, graceSeconds: 600 });
    expect([status, claimedId(body.path.split("#")[1] ?? "")]).toEqual([200, token.id]);
    expect(body.token).toMatchObject({ secrets: [{ endsAt: null }], claim: { state: "open" }, pending: [] });
    expect((await audit(token.id))[0]).toMatchObject({
      action: "token.claim.prepare",
      changes: { claim: { before: null, after: "open" }, graceSeconds: { before: null, after: 600 } },
    });
  });

  it("takes the place of the one before", async ({ expect }) => {
    const { claim, token } = await owner.prepare("alice");
    const { body } = await make(token.id);
    expect(body.path).not.toContain(claim);
    expect((await audit(token.id))[0]).toMatchObject({ changes: { claim: { before: "open", after: "open" } } });
  });

  it("can be taken back, and twice", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    const { status, body } = await withdraw(token.id);
    expect([status, body.token.claim?.state]).toEqual([200, "withdrawn"]);
    expect((await withdraw(token.id)).status).toBe(200);
    expect((await audit(token.id)).map(({ action }) => action)).toEqual([
      "token.claim.withdraw",
      "token.claim.prepare",
      "token.create",
    ]);
    expect((await make(token.id)).body.token.claim?.state).toBe("open");
  });

  it("is taken back when the owner rotates the token", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    const { body } = await owner.send<{ token: TokenBody }>("POST", `/api/tokens/${token.id}/rotate`);
    expect(body.token).toMatchObject({ secrets: [{ typed: false }], claim: { state: "withdrawn" } });
    expect((await audit(token.id))[0]).toMatchObject({
      action: "token.rotate",
      changes: { claim: { before: "open", after: "withdrawn" } },
    });
  });

  it("expires", async ({ expect }) => {
    const { token } = await owner.prepare("alice", { claim: { expiresInSeconds: 3_600 } });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_601_000 });
    expect((await owner.token(token.id)).claim).toMatchObject({ state: "expired" });
    expect((await withdraw(token.id)).body.token.claim?.state).toBe("withdrawn");
  });

  for (const [name, change, detail] of [
    ["deleted", null, "This token is deleted for good. Create a new one instead."],
    ["disabled", { status: "disabled" }, "This token is disabled, so its link wouldn't work. Enable it first."],
  ] as const) {
    it(`is refused of a ${name} token`, async ({ expect }) => {
      const { token } = await owner.create("alice");
      await owner.send(change === null ? "DELETE" : "PATCH", `/api/tokens/${token.id}`, change ?? undefined);
      const answer = await owner.send("POST", `/api/tokens/${token.id}/claim`);
      expect([answer.status, answer.body.detail]).toEqual([409, detail]);
    });
  }

  it("is refused of an expired token", async ({ expect }) => {
    const { token } = await owner.create("alice", { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_601_000 });
    owner = await Owner.signedIn();
    const answer = await owner.send("POST", `/api/tokens/${token.id}/claim`);
    expect([answer.status, answer.body.detail]).toEqual([
      409,
      "This token has expired, so its link wouldn't work. Extend it first.",
    ]);
  });

  it("isn't there of a token that isn't, and can't be taken back where there is none", async ({ expect }) => {
    for (const method of ["POST", "DELETE"]) {
      const missing = await owner.send(method, "/api/tokens/0123456789/claim");
      expect([missing.status, missing.body.detail]).toEqual([404, "There is no token of that id."]);
    }
    const { token } = await owner.create("alice");
    const none = await owner.send("DELETE", `/api/tokens/${token.id}/claim`);
    expect([none.status, none.body.detail]).toEqual([404, "This token has no claim link."]);
  });

  it("is the signed-in owner's alone to make", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    for (const method of ["POST", "DELETE"]) {
      expect((await send(method, `/api/tokens/${token.id}/claim`)).status).toBe(401);
    }
  });

  it("says where it isn't published yet", async ({ expect }) => {
    await breakDelivery({ apply: () => Promise.reject(new Error("it is down")) });
    const { token } = await owner.prepare("alice");
    expect(token.pending).toEqual(["gateway"]);
  });
});
