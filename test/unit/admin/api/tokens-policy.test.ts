import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { OPEN_POLICY, type Policy } from "../../../../shared/policy.ts";
import { kvContent, Owner, type TokenBody } from "../../support/admin.ts";

type One = { token: TokenBody };
type Log = { entries: { action: string; changes: Record<string, { before: unknown; after: unknown }> }[] };
let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const WHOLE: Policy = {
  models: { openai: ["gpt-5*-mini", "o4"], gemini: ["gemini-*"] },
  endpoints: "all",
  activeHours: {
    timeZone: "Europe/Berlin",
    windows: [
      { days: ["mon", "tue", "fri"], from: "09:00", to: "17:30" },
      { days: ["sat"], from: "22:00", to: "02:00" },
    ],
  },
  networks: ["203.0.113.0/24", "2001:db8::/32"],
  countries: ["DE", "FR"],
  limits: {
    requestsPerMinute: 60,
    tokensPerMinute: 100_000,
    concurrency: 4,
    queueSeconds: 20,
    budgets: [
      { usd: 12.5, per: "month", warnAt: 0.8 },
      { tokens: 1_000_000, per: "day", warnAt: null },
    ],
  },
  allowUnpriced: true,
  holderMay: ["rotate", "revoke"],
};
const ofPolicy = (token: TokenBody): Partial<TokenBody> =>
  Object.fromEntries(Object.keys(OPEN_POLICY).map((field) => [field, token[field as keyof Policy]]));

describe("a token's policy", () => {
  it("is answered, read and published as it was said", async ({ expect }) => {
    const { secret, token } = await owner.create("alice", { ...WHOLE });
    expect(token).toMatchObject(WHOLE);
    expect(await owner.token(token.id)).toEqual(token);
    expect(await kvContent()).toMatchObject({ [await hashToken(secret)]: { schema: 2, ...WHOLE } });
  });

  it("is open where nothing was said", async ({ expect }) => {
    const { token } = await owner.create("alice");
    expect(ofPolicy(token)).toEqual(OPEN_POLICY);
  });

  it("is put into one form", async ({ expect }) => {
    const { token } = await owner.create("alice", {
      models: {},
      activeHours: { timeZone: "UTC", windows: [{ days: ["sun", "mon", "mon"], from: "00:00", to: "24:00" }] },
      networks: ["198.51.100.7", "2001:DB8::1", "198.51.100.7/32"],
      countries: ["us", "de", "US"],
      limits: { requestsPerMinute: null },
      holderMay: ["revoke", "rotate"],
    });
    expect(token).toMatchObject({
      models: null,
      activeHours: { windows: [{ days: ["mon", "sun"] }] },
      networks: ["198.51.100.7/32", "2001:db8::1/128"],
      countries: ["DE", "US"],
      limits: null,
      holderMay: ["rotate", "revoke"],
    });
  });

  it("has a queue by itself where a concurrency is named", async ({ expect }) => {
    const { token } = await owner.create("alice", { limits: { concurrency: 2 } });
    expect(token.limits).toEqual({
      requestsPerMinute: null,
      tokensPerMinute: null,
      concurrency: 2,
      queueSeconds: 10,
      budgets: [],
    });
    const { body } = await owner.send<One>("PATCH", `/api/tokens/${token.id}`, { limits: { requestsPerMinute: 5 } });
    expect(body.token.limits).toMatchObject({ requestsPerMinute: 5, concurrency: null, queueSeconds: 0 });
  });

  it("can be edited field by field, each as a whole, and is published", async ({ expect }) => {
    const { secret, token } = await owner.create("alice", { ...WHOLE });
    const change = { models: { openai: ["gpt-6"] }, networks: null, limits: { budgets: [{ usd: 1, per: "total" }] } };
    const { status, body } = await owner.send<One>("PATCH", `/api/tokens/${token.id}`, change);
    expect(status).toBe(200);
    const limits = {
      requestsPerMinute: null,
      tokensPerMinute: null,
      concurrency: null,
      queueSeconds: 0,
      budgets: [{ usd: 1, per: "total", warnAt: null }],
    };
    const after = { ...WHOLE, ...change, limits };
    expect(ofPolicy(body.token)).toEqual(after);
    expect(await kvContent()).toMatchObject({ [await hashToken(secret)]: { ...after, version: body.token.version } });
  });

  it("said again as it is makes no version and no audit line", async ({ expect }) => {
    const { token } = await owner.create("alice", { ...WHOLE });
    const { body } = await owner.send<One>("PATCH", `/api/tokens/${token.id}`, WHOLE);
    expect(body.token).toEqual(token);
    expect((await owner.send<Log>("GET", `/api/audit?token=${token.id}`)).body.entries).toHaveLength(1);
  });

  it("stands in the audit log before and after, in words", async ({ expect }) => {
    const { token } = await owner.create("alice", { limits: { budgets: [{ usd: 5, per: "day", warnAt: 0.29 }] } });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { ...WHOLE, networks: null });
    const { entries } = (await owner.send<Log>("GET", `/api/audit?token=${token.id}`)).body;
    expect(entries[1]?.changes["budgets"]).toEqual({ before: null, after: ["5 USD per day, warning at 29 %"] });
    expect(entries[1]?.changes["endpoints"]).toBeUndefined();
    expect(entries[0]?.changes).toEqual({
      "models.openai": { before: null, after: ["gpt-5*-mini", "o4"] },
      "models.gemini": { before: null, after: ["gemini-*"] },
      endpoints: { before: "inference", after: "all" },
      activeHours: { before: null, after: ["mon,tue,fri 09:00-17:30", "sat 22:00-02:00"] },
      timeZone: { before: null, after: "Europe/Berlin" },
      countries: { before: null, after: ["DE", "FR"] },
      requestsPerMinute: { before: null, after: 60 },
      tokensPerMinute: { before: null, after: 100_000 },
      concurrency: { before: null, after: 4 },
      queueSeconds: { before: null, after: 20 },
      budgets: {
        before: ["5 USD per day, warning at 29 %"],
        after: ["12.5 USD per month, warning at 80 %", "1000000 tokens per day"],
      },
      allowUnpriced: { before: "no", after: "yes" },
      holderMay: { before: null, after: ["rotate", "revoke"] },
    });
  });
});
