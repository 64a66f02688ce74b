import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import type { TokenRecord } from "../../../../shared/record.ts";
import { kvContent, Owner, type PoliciesBody, type PolicyBody, type TokenBody } from "../../support/admin.ts";

type One = { policy: PolicyBody };
type Log = { entries: { action: string; label: string | null; changes: unknown }[] };
let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const RULES = { endpoints: "all", limits: { budgets: [{ usd: 5, per: "month" }] }, holderMay: ["rotate"] };
const list = async (): Promise<PoliciesBody> => (await owner.send<PoliciesBody>("GET", "/api/policies")).body;
const edit = (id: string, change: object) => owner.send<{ token: TokenBody }>("PATCH", `/api/tokens/${id}`, change);
const audit = async (): Promise<Log["entries"]> => (await owner.send<Log>("GET", "/api/audit")).body.entries;

describe("a named policy", () => {
  it("is made, read, listed by name, and kept in KV", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    expect(policy).toEqual({
      ...OPEN_POLICY,
      ...RULES,
      limits: {
        requestsPerMinute: null,
        tokensPerMinute: null,
        concurrency: null,
        queueSeconds: 0,
        budgets: [{ usd: 5, per: "month", warnAt: null }],
      },
      id: policy.id,
      name: "students",
      createdAt: policy.createdAt,
      updatedAt: policy.createdAt,
      isDefault: false,
      tokens: 0,
      pending: 0,
      pendingIsExact: true,
      summary:
        "The holder may use every model of OpenAI, Anthropic and Google Gemini, up to $5 a month; files, batches and " +
        "stored conversations are open too, also those of other tokens. Whoever holds the token may give it a new secret.",
    });
    expect((await owner.send<One>("GET", `/api/policies/${policy.id}`)).body.policy).toEqual(policy);
    const other = await owner.policy("apps");
    expect(await list()).toEqual({ policies: [other, policy], default: null, pending: false });
    expect(await env.TOKENS.get("settings:policies", "json")).toMatchObject({
      schema: 1,
      policies: [{ name: "students", endpoints: "all" }, { name: "apps" }],
    });
    expect((await audit())[1]).toMatchObject({
      action: "policy.create",
      changes: { policy: { before: null, after: "students" }, budgets: { after: ["5 USD per month"] } },
    });
  });

  it("is followed by tokens, whose records repeat it", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    const { secret, token } = await owner.create("alice", { policy: policy.id });
    const followed = { policy: { id: policy.id, name: "students" }, endpoints: "all", limits: policy.limits };
    expect(token).toMatchObject(followed);
    expect(await kvContent()).toMatchObject({ [await hashToken(secret)]: followed });
    const { token: later } = await owner.create("bob", { networks: ["10.0.0.0/8"] });
    const { body } = await edit(later.id, { policy: policy.id });
    expect(body.token).toMatchObject({ ...followed, networks: null });
    expect((await list()).policies).toMatchObject([{ tokens: 2, pending: 0 }]);
    expect((await audit())[0]).toMatchObject({
      action: "token.update",
      changes: { policy: { before: null, after: "students" }, networks: { before: ["10.0.0.0/8"], after: null } },
    });
  });

  it("edited edits all that follow it, and nobody else", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    const alice = await owner.create("alice", { policy: policy.id });
    const bob = await owner.create("bob", { policy: policy.id });
    const carol = await owner.create("carol");
    const change = { name: "class of 2027", countries: ["DE"] };
    const { status, body } = await owner.send<One>("PATCH", `/api/policies/${policy.id}`, change);
    expect([status, body.policy]).toMatchObject([200, { ...change, endpoints: "all", tokens: 2, pending: 0 }]);
    for (const { secret, token } of [alice, bob]) {
      const now = await owner.token(token.id);
      expect(now).toMatchObject({ policy: { id: policy.id, name: "class of 2027" }, countries: ["DE"], pending: [] });
      expect(now.version).toBeGreaterThan(token.version);
      expect(await kvContent()).toMatchObject({
        [await hashToken(secret)]: { version: now.version, countries: ["DE"] },
      });
      // The gateway's guard holds that version.
      const record = await env.TOKENS.get<TokenRecord>(await hashToken(secret), "json");
      expect((await env.GATEWAY.apply({ ...(record as TokenRecord), version: 1 })).version).toBe(now.version);
    }
    expect(await owner.token(carol.token.id)).toEqual(carol.token);
    const [line] = await audit();
    expect(line).toMatchObject({ action: "policy.update", label: null });
    expect(line?.changes).toEqual({
      policy: { before: "students", after: "class of 2027" },
      countries: { before: null, after: ["DE"] },
      tokens: { before: null, after: 2 },
    });
  });

  it("said again as it is changes nothing", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    const { token } = await owner.create("alice", { policy: policy.id });
    const lines = (await audit()).length;
    const { body } = await owner.send<One>("PATCH", `/api/policies/${policy.id}`, { name: "students", ...RULES });
    expect(body.policy).toEqual({ ...policy, tokens: 1 });
    expect(await owner.token(token.id)).toEqual(token);
    expect(await audit()).toHaveLength(lines);
  });

  it("can be left, with its rules kept or changed in the same breath", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    const { token } = await owner.create("alice", { policy: policy.id });
    expect((await edit(token.id, { policy: null })).body.token).toMatchObject({ policy: null, endpoints: "all" });
    await edit(token.id, { policy: policy.id });
    const { body } = await edit(token.id, { policy: null, endpoints: "inference" });
    expect(body.token).toMatchObject({ policy: null, endpoints: "inference", limits: policy.limits });
    await owner.send("PATCH", `/api/policies/${policy.id}`, { countries: ["FR"] });
    expect(await owner.token(token.id)).toEqual(body.token);
    expect((await list()).policies).toMatchObject([{ tokens: 0 }]);
  });

  it("isn't followed any more by deleted tokens", async ({ expect }) => {
    const policy = await owner.policy("students");
    const { token } = await owner.create("alice", { policy: policy.id });
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    expect((await list()).policies).toMatchObject([{ tokens: 0 }]);
    const version = (await owner.token(token.id)).version;
    await owner.send("PATCH", `/api/policies/${policy.id}`, RULES);
    expect((await owner.token(token.id)).version).toBe(version);
  });
});

describe("the default of new tokens", () => {
  it("is followed where neither a policy nor a rule is named", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    const set = await owner.send<PoliciesBody>("PUT", "/api/policies/default", { id: policy.id });
    expect([set.status, set.body.default, set.body.policies[0]?.isDefault]).toEqual([200, policy.id, true]);
    expect((await owner.create("alice")).token).toMatchObject({ policy: { id: policy.id }, endpoints: "all" });
    expect((await owner.create("bob", { policy: null })).token).toMatchObject({ policy: null, ...OPEN_POLICY });
    expect((await owner.create("carol", { countries: ["DE"] })).token).toMatchObject({ policy: null, limits: null });
    await owner.send("PUT", "/api/policies/default", { id: null });
    expect((await owner.create("dora")).token.policy).toBeNull();
    const lines = (await audit()).filter(({ action }) => action === "policy.default");
    expect(lines.map(({ changes }) => changes)).toEqual([
      { policy: { before: "students", after: null } },
      { policy: { before: null, after: "students" } },
    ]);
  });

  it("has to be there", async ({ expect }) => {
    const { status, body } = await owner.send("PUT", "/api/policies/default", { id: "nix" });
    expect([status, body.detail]).toEqual([404, "There is no policy of that id."]);
  });
});

describe("deleting a policy", () => {
  it("that nobody follows just does it", async ({ expect }) => {
    const policy = await owner.policy("students");
    const { status, body } = await owner.send<PoliciesBody>("DELETE", `/api/policies/${policy.id}`);
    expect([status, body.policies]).toEqual([200, []]);
    expect(await env.TOKENS.get("settings:policies", "json")).toMatchObject({ policies: [] });
    expect((await owner.send("DELETE", `/api/policies/${policy.id}`)).status).toBe(404);
  });

  it("in use is refused, and detaches its tokens where that is asked for", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    const { token } = await owner.create("alice", { policy: policy.id });
    const refused = await owner.send("DELETE", `/api/policies/${policy.id}`);
    expect([refused.status, refused.body.type, refused.body.detail]).toEqual([
      409,
      "urn:doppelgate:problem:used",
      'The policy can\'t go: a token follows it. With "detach": true such tokens keep its rules as their own.',
    ]);
    const { status } = await owner.send("DELETE", `/api/policies/${policy.id}`, { detach: true });
    expect(status).toBe(200);
    expect(await owner.token(token.id)).toMatchObject({ policy: null, endpoints: "all", limits: policy.limits });
    expect((await audit())[0]?.changes).toEqual({
      policy: { before: "students", after: null },
      tokens: { before: 1, after: 0 },
    });
  });

  it("that is the default is refused, and leaves none behind", async ({ expect }) => {
    const policy = await owner.policy("students", RULES);
    await owner.send("PUT", "/api/policies/default", { id: policy.id });
    const refused = await owner.send("DELETE", `/api/policies/${policy.id}`, { detach: false });
    expect(refused.body.detail).toContain("it is the default of new tokens");
    const { body } = await owner.send<PoliciesBody>("DELETE", `/api/policies/${policy.id}`, { detach: true });
    expect(body.default).toBeNull();
    expect((await owner.create("alice")).token.policy).toBeNull();
  });
});
