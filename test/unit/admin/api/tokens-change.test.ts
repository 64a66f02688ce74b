import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { tokenShape } from "../../../../shared/token.ts";
import { kvContent, Owner, type ProblemBody, ring, type TokenBody } from "../../support/admin.ts";

type One = { token: TokenBody };
type Issued = { secret: string; token: TokenBody };
let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const rotate = (id: string, body?: unknown) =>
  owner.send<Issued & ProblemBody>("POST", `/api/tokens/${id}/rotate`, body);
const keysOf = async (): Promise<string[]> => Object.keys(await kvContent()).toSorted((a, b) => a.localeCompare(b));
const hashes = async (...secrets: string[]): Promise<string[]> =>
  (await Promise.all(secrets.map(hashToken))).toSorted((a, b) => a.localeCompare(b));

describe("changing a token", () => {
  it("changes what is named, makes a newer version, and publishes it", async ({ expect }) => {
    const { secret, token } = await owner.create("alice", { note: "n" });
    const change = {
      label: "bob",
      providers: ["gemini"],
      note: null,
      status: "disabled",
      expiresAt: "2999-01-01T00:00:00Z",
    };
    const { status, body } = await owner.send<One>("PATCH", `/api/tokens/${token.id}`, change);
    expect(status).toBe(200);
    expect(body.token).toEqual({
      ...token,
      label: "bob",
      providers: ["gemini"],
      note: null,
      status: "disabled",
      expiresAt: "2999-01-01T00:00:00.000Z",
      summary:
        "bob may use every model of Google Gemini, with no limit on what it costs, until 1 January 2999 (UTC); files, batches " +
        "and stored conversations stay shut.",
      version: body.token.version,
      updatedAt: body.token.updatedAt,
    });
    expect(body.token.version).toBeGreaterThan(token.version);
    expect(await kvContent()).toMatchObject({
      [await hashToken(secret)]: { label: "bob", state: "disabled", version: body.token.version },
    });
  });

  it("clears the expiry with null, and enables again", async ({ expect }) => {
    const { token } = await owner.create("alice", { expiresAt: "2999-01-01T00:00:00Z" });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" });
    const { body } = await owner.send<One>("PATCH", `/api/tokens/${token.id}`, { expiresAt: null, status: "active" });
    expect([body.token.expiresAt, body.token.status]).toEqual([null, "active"]);
  });

  it("to what it is already makes no version and no audit line", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const same = { label: "alice", providers: ["openai"], status: "active", note: null, expiresAt: null };
    const { body } = await owner.send<One>("PATCH", `/api/tokens/${token.id}`, same);
    expect(body.token).toEqual(token);
    const audit = await owner.send<{ entries: unknown[] }>("GET", `/api/audit?token=${token.id}`);
    expect(audit.body.entries).toHaveLength(1);
  });

  for (const [change, field, message] of [
    [{}, "body", "Name at least one field to change."],
    [{ status: "deleted" }, "status", "This has to be one of active, disabled."],
    [{ disabled: true }, "disabled", "There is no such field; leave it out."],
    [{ secret: "typed-by-the-owner-1" }, "secret", "There is no such field; leave it out."],
    [{ version: 1 }, "version", "There is no such field; leave it out."],
    [{ label: null }, "label", "This has to be text."],
    [{ expiresAt: "2001-01-01T00:00:00Z" }, "expiresAt", "This time is past. Choose one to come."],
  ] satisfies [Record<string, unknown>, string, string][]) {
    it(`refuses ${JSON.stringify(change)}`, async ({ expect }) => {
      const { token } = await owner.create("alice");
      const { status, body } = await owner.send("PATCH", `/api/tokens/${token.id}`, change);
      expect([status, body.errors]).toEqual([400, [{ field, message }]]);
      expect(await owner.token(token.id)).toEqual(token);
    });
  }

  it("refuses another token's label and takes its own", async ({ expect }) => {
    await owner.create("alice");
    const { token } = await owner.create("bob");
    const { status, body } = await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "alice" });
    expect([status, body.errors?.[0]?.field]).toEqual([409, "label"]);
    expect((await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "bob", note: "n" })).status).toBe(200);
  });

  it("thirty times at once loses no change", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const notes = Array.from({ length: 30 }, (_, index) => `note ${index}`);
    const answers = await Promise.all(
      notes.map((note) => owner.send<One>("PATCH", `/api/tokens/${token.id}`, { note })),
    );
    expect(new Set(answers.map(({ body }) => body.token.version)).size).toBe(30);
    const last = answers.map(({ body }) => body.token).toSorted((a, b) => b.version - a.version)[0];
    const now = await owner.token(token.id);
    expect([now.version, now.note, now.pending]).toEqual([last?.version, last?.note, []]);
    expect(Object.values(await kvContent()).map(({ version }) => version)).toEqual([now.version]);
  });
});

describe("rotating a token", () => {
  it("without a body gives a new secret of the same id, and ends the old one now", async ({ expect }) => {
    const { secret, token } = await owner.create("alice", { note: "n" });
    const { status, body } = await rotate(token.id);
    expect(status).toBe(200);
    expect(tokenShape(body.secret)).toEqual({ kind: "generated", id: token.id });
    expect(body.secret).not.toBe(secret);
    expect(body.token).toEqual({ ...token, version: body.token.version, updatedAt: body.token.updatedAt });
    expect(await keysOf()).toEqual(await hashes(body.secret));
  });

  it("with a grace keeps the old secret until it ends, and then takes its KV key away", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const { secret, token } = await owner.create("alice");
    const { body } = await rotate(token.id, { graceSeconds: 600, secret: "typed-by-the-owner-1" });
    expect(body.secret).toBe("typed-by-the-owner-1");
    expect(body.token.secrets).toEqual([
      { typed: true, endsAt: null },
      { typed: false, endsAt: new Date(Date.now() + 600_000).toISOString() },
    ]);
    expect(await keysOf()).toEqual(await hashes(secret, "typed-by-the-owner-1"));
    vi.setSystemTime(Date.now() + 600_000);
    expect((await owner.token(token.id)).secrets).toEqual([{ typed: true, endsAt: null }]);
    expect(await ring()).toBe(true);
    expect(await keysOf()).toEqual(await hashes("typed-by-the-owner-1"));
    // No alarm is left, as there is nothing left to do.
    expect(await ring()).toBe(false);
  });

  for (const [body, field, message] of [
    [{ graceSeconds: -1 }, "graceSeconds", "A grace can't be negative."],
    [{ graceSeconds: 2_592_001 }, "graceSeconds", "A grace has at most 2592000 seconds, which is 30 days."],
    [{ graceSeconds: 1.5 }, "graceSeconds", "This has to be a whole number of seconds."],
    [{ graceSeconds: "60" }, "graceSeconds", "This has to be a whole number of seconds."],
    [
      { secret: "dg_typed-by-the-owner" },
      "secret",
      "A token can't begin with dg_: tokens made by Doppelgate begin with it.",
    ],
    [{ grace: 60 }, "grace", "There is no such field; leave it out."],
  ] satisfies [Record<string, unknown>, string, string][]) {
    it(`refuses ${JSON.stringify(body)}`, async ({ expect }) => {
      const { token } = await owner.create("alice");
      const answer = await rotate(token.id, body);
      expect([answer.status, answer.body.errors]).toEqual([400, [{ field, message }]]);
      expect(await owner.token(token.id)).toEqual(token);
    });
  }

  it("refuses a secret that was ever used, the token's own too", async ({ expect }) => {
    const { token } = await owner.create("alice", { secret: "typed-by-the-owner-1" });
    const { status, body } = await rotate(token.id, { secret: "typed-by-the-owner-1" });
    expect([status, body.errors?.[0]?.field]).toEqual([409, "secret"]);
  });

  it("refuses an eleventh secret in its grace, but not an end to all of them", async ({ expect }) => {
    const { token } = await owner.create("alice");
    for (let round = 0; round < 9; round++) expect((await rotate(token.id, { graceSeconds: 60 })).status).toBe(200);
    const { status, body } = await rotate(token.id, { graceSeconds: 60 });
    expect([status, body.detail]).toEqual([
      409,
      "10 secrets open this token already. Rotate without a grace to end the older ones.",
    ]);
    const last = await rotate(token.id);
    expect(last.body.token.secrets).toHaveLength(1);
    expect(await keysOf()).toEqual(await hashes(last.body.secret));
  });

  it("finds no token: 404", async ({ expect }) => {
    expect((await rotate("abcdefghij")).status).toBe(404);
  });
});

describe("deleting a token", () => {
  it("takes it out of the list and out of KV, and is done once", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const { status, body } = await owner.send<One>("DELETE", `/api/tokens/${token.id}`);
    expect([status, body.token.status, body.token.pending]).toEqual([200, "deleted", []]);
    expect(await keysOf()).toEqual([]);
    const again = await owner.send<One>("DELETE", `/api/tokens/${token.id}`);
    expect([again.status, again.body.token]).toEqual([200, body.token]);
  });

  it("is for good", async ({ expect }) => {
    const { token } = await owner.create("alice");
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    for (const answer of [
      await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "active" }),
      await rotate(token.id),
    ]) {
      expect([answer.status, answer.body.title, answer.body.detail]).toEqual([
        409,
        "The token is deleted",
        "This token is deleted for good. Create a new one instead.",
      ]);
    }
    expect(await keysOf()).toEqual([]);
  });
});
