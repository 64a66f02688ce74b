import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import { tokenShape } from "../../../../shared/token.ts";
import { kvContent, Owner, type ProblemBody, type TokenBody, withSql } from "../../support/admin.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const soon = () => new Date(Date.now() + 3_600_000).toISOString();
const createTyped = (index: number) =>
  owner.send("POST", "/api/tokens", { label: `token ${index}`, providers: ["openai"], secret: "typed-by-the-owner-1" });
type Issued = { secret: string; token: TokenBody };

describe("creating a token", () => {
  it("answers with a secret of the token's id, and the token", async ({ expect }) => {
    const { secret, token } = await owner.create("alice", { providers: ["gemini", "openai"], note: "of the shop" });
    expect(tokenShape(secret)).toEqual({ kind: "generated", id: token.id });
    expect(token).toEqual({
      id: token.id,
      label: "alice",
      note: "of the shop",
      providers: ["openai", "gemini"],
      status: "active",
      createdAt: new Date(token.version).toISOString(),
      updatedAt: token.createdAt,
      expiresAt: null,
      version: token.version,
      secrets: [{ typed: false, endsAt: null }],
      pending: [],
      policy: null,
      holderActedAt: null,
      claim: null,
      ...OPEN_POLICY,
      summary:
        "alice may use every model of OpenAI and Google Gemini, with no limit on what it costs, without an end; files, " +
        "batches and stored conversations stay shut.",
    });
    expect(await kvContent()).toMatchObject({
      [await hashToken(secret)]: { id: token.id, state: "active", version: token.version },
    });
  });

  it("keeps only the secret's hash", async ({ expect }) => {
    const { secret } = await owner.create("alice");
    const typed = "typed-by-the-owner-1";
    await owner.create("bob", { secret: typed });
    const tables = ["tokens", "secrets", "outbox", "sessions", "throttle", "audit", "rebuild"];
    const stored = JSON.stringify(
      await withSql((sql) => tables.map((table) => sql.exec(`SELECT * FROM ${table}`).toArray())),
    );
    expect(stored).toContain(await hashToken(secret));
    for (const word of [secret, typed, owner.jwt, secret.slice(13)]) expect(stored).not.toContain(word);
  });

  it("with a typed secret answers with that", async ({ expect }) => {
    const { secret, token } = await owner.create("alice", { secret: "typed-by-the-owner-1" });
    expect([secret, token.secrets]).toEqual(["typed-by-the-owner-1", [{ typed: true, endsAt: null }]]);
  });

  it("takes a time with any offset and answers in UTC", async ({ expect }) => {
    const { token } = await owner.create("alice", { expiresAt: "2999-01-31T18:00:00+05:30" });
    expect(token.expiresAt).toBe("2999-01-31T12:30:00.000Z");
  });

  it("trims the label and takes an empty note for none", async ({ expect }) => {
    const { token } = await owner.create("  e\u0301ve  ", { note: "  " });
    expect([token.label, token.note]).toEqual(["\u00e9ve", null]);
  });

  const good = { label: "alice", providers: ["openai"] };
  for (const [input, field, message] of [
    [{ providers: ["openai"] }, "label", "This field is missing."],
    [{ ...good, label: 7 }, "label", "This has to be text."],
    [{ ...good, label: "" }, "label", "A label can't be empty."],
    [{ ...good, label: "   " }, "label", "A label can't be empty."],
    [{ ...good, label: "x".repeat(81) }, "label", "A label has at most 80 characters."],
    [{ ...good, label: "two\nlines" }, "label", "A label is one line of text without control characters."],
    [{ ...good, label: "\u202etxet" }, "label", "A label is one line of text without control characters."],
    [{ ...good, label: "\ud800" }, "label", "A label is one line of text without control characters."],
    [{ label: "alice" }, "providers", "This field is missing."],
    [{ ...good, providers: [] }, "providers", "Name at least one of openai, anthropic, gemini."],
    [{ ...good, providers: "openai" }, "providers", "This has to be a list of providers."],
    [{ ...good, providers: ["openai", "azure"] }, "providers.1", "This has to be one of openai, anthropic, gemini."],
    [{ ...good, providers: ["openai", "openai"] }, "providers", "Name each provider once."],
    [{ ...good, secret: "short" }, "secret", "A token needs at least 16 characters."],
    [
      { ...good, secret: "sixteen characters with spaces" },
      "secret",
      "A token may hold only letters, digits and the characters _ . -",
    ],
    [{ ...good, secret: 1234567890123456 }, "secret", "This has to be text."],
    [
      { ...good, expiresAt: "tomorrow" },
      "expiresAt",
      "This has to be a time like 2027-01-31T18:00:00Z, with its offset from UTC.",
    ],
    [
      { ...good, expiresAt: "2999-01-31T18:00:00" },
      "expiresAt",
      "This has to be a time like 2027-01-31T18:00:00Z, with its offset from UTC.",
    ],
    [
      { ...good, expiresAt: "2999-02-30T18:00:00Z" },
      "expiresAt",
      "This has to be a time like 2027-01-31T18:00:00Z, with its offset from UTC.",
    ],
    [
      { ...good, expiresAt: 32503680000000 },
      "expiresAt",
      "This has to be a time like 2027-01-31T18:00:00Z, with its offset from UTC.",
    ],
    [{ ...good, expiresAt: "2001-01-31T18:00:00Z" }, "expiresAt", "This time is past. Choose one to come."],
    [{ ...good, note: "x".repeat(501) }, "note", "A note has at most 500 characters."],
    [{ ...good, note: "a\u0007b" }, "note", "A note is text without control characters."],
    [{ ...good, id: "abcdefghij" }, "id", "There is no such field; leave it out."],
    [
      JSON.parse('{"label":"alice","providers":["openai"],"__proto__":{"label":"bob"}}'),
      "__proto__",
      "There is no such field; leave it out.",
    ],
    [{ ...good, status: "disabled" }, "status", "There is no such field; leave it out."],
  ] satisfies [Record<string, unknown>, string, string][]) {
    it(`refuses ${JSON.stringify(input).slice(0, 80)}`, async ({ expect }) => {
      const { status, body } = await owner.send("POST", "/api/tokens", input);
      expect([status, body.title, body.errors]).toEqual([400, "The input isn't valid", [{ field, message }]]);
      expect(body.detail).toBe(`${field}: ${message}`);
    });
  }

  it("refuses a label that another token has, until that one is deleted", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const { status, body } = await owner.send("POST", "/api/tokens", good);
    const message = "Another token has this label. Choose another label, or delete that token.";
    expect([status, body.detail, body.errors]).toEqual([409, message, [{ field: "label", message }]]);
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    await owner.create("alice");
  });

  it("refuses a secret that ever was in use, even of a deleted token", async ({ expect }) => {
    const secret = "typed-by-the-owner-1";
    const { token } = await owner.create("alice", { secret });
    await owner.send("POST", `/api/tokens/${token.id}/rotate`);
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    const { status, body, text } = await owner.send("POST", "/api/tokens", { ...good, label: "bob", secret });
    const message = "This secret is or was in use. Type another one, or leave it out to get one made.";
    expect([status, body.errors]).toEqual([409, [{ field: "secret", message }]]);
    expect(text).not.toContain(secret);
  });

  it("fifty times at once with one label makes one", async ({ expect }) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => owner.send<Issued & ProblemBody>("POST", "/api/tokens", good)),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array<number>(49).fill(409)]);
    const { body } = await owner.send<{ tokens: TokenBody[] }>("GET", "/api/tokens");
    expect(body.tokens).toHaveLength(1);
  });

  it("twenty times at once with one typed secret makes one", async ({ expect }) => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => createTyped(index)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.errors?.[0]?.field === "secret")).toHaveLength(19);
  });
});

describe("reading a token", () => {
  it("finds it, also when it is deleted", async ({ expect }) => {
    const { token } = await owner.create("alice", { expiresAt: soon() });
    expect(await owner.token(token.id)).toEqual(token);
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    expect(await owner.token(token.id)).toMatchObject({ id: token.id, status: "deleted", secrets: [] });
  });

  for (const id of ["abcdefghij", "x", "..%2f..", "%00", "%E0%A4%A", "__proto__", "'%20OR%201=1", "x".repeat(3000)]) {
    it(`finds nothing under ${id.slice(0, 20)}`, async ({ expect }) => {
      for (const [method, body] of [["GET"], ["PATCH", { note: "n" }], ["DELETE"]] as const) {
        const answer = await owner.send(method, `/api/tokens/${id}`, body);
        expect([answer.status, answer.body.detail]).toEqual([404, "There is no token of that id."]);
      }
    });
  }
});
