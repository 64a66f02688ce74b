import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { RebuildReport } from "../../../../admin/registry/reports.ts";
import { hashToken } from "../../../../shared/hash.ts";
import type { TokenRecord } from "../../../../shared/record.ts";
import { breakDelivery, kvContent, Owner, ringDue, withSql } from "../../support/admin.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const rebuild = async (target: string) => (await owner.send<RebuildReport>("POST", "/api/rebuild", { target })).body;
const NOTHING = {
  keys: 0,
  added: 0,
  updated: 0,
  kept: 0,
  renamed: 0,
  unreadable: 0,
  unknown: 0,
  queued: 0,
  settings: 0,
  problem: null,
};
const loseRegistry = () =>
  withSql((sql) => ["tokens", "secrets", "outbox"].map((table) => sql.exec(`DELETE FROM ${table}`)));
const kvRecord = async (hash: string) => (await env.TOKENS.get<TokenRecord>(hash, "json")) as TokenRecord;
const putRecord = (hash: string, record: TokenRecord) => env.TOKENS.put(hash, JSON.stringify(record));

describe("what is published from the registry", () => {
  it("fills an empty KV and tells the gateway anew, deleted tokens too", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const { token: deleted } = await owner.create("bob");
    await owner.send("DELETE", `/api/tokens/${deleted.id}`);
    const before = await kvContent();
    for (const hash of Object.keys(before)) await env.TOKENS.delete(hash);
    const told: [string, string][] = [];
    await breakDelivery({
      apply: async (record) => {
        told.push([record.id, record.state]);
        return { version: record.version };
      },
    });
    expect(await rebuild("published")).toMatchObject({ ...NOTHING, target: "published", done: true, queued: 2 });
    await ringDue();
    await vi.waitFor(async () => expect((await owner.token(token.id)).pending).toEqual([]));
    expect(await kvContent()).toEqual(before);
    expect(new Map(told)).toEqual(
      new Map([
        [token.id, "active"],
        [deleted.id, "deleted"],
      ]),
    );
  });

  it("reports keys that the registry doesn't know, and leaves them alone", async ({ expect }) => {
    const { secret } = await owner.create("alice");
    await loseRegistry();
    await owner.create("bob");
    expect(await rebuild("published")).toMatchObject({ ...NOTHING, keys: 2, unknown: 1, queued: 1, done: true });
    await ringDue();
    expect(Object.keys(await kvContent())).toContain(await hashToken(secret));
  });

  it("takes away keys of secrets that open nothing any more", async ({ expect }) => {
    const { secret, token } = await owner.create("alice");
    const stale = await kvRecord(await hashToken(secret));
    await owner.send("POST", `/api/tokens/${token.id}/rotate`);
    await putRecord(await hashToken(secret), stale);
    await rebuild("published");
    await ringDue();
    await vi.waitFor(async () => expect(Object.keys(await kvContent())).not.toContain(await hashToken(secret)));
    expect(Object.keys(await kvContent())).toHaveLength(1);
  });
});

describe("asking for a rebuild", () => {
  for (const [body, errors] of [
    [{}, [{ field: "target", message: "This field is missing." }]],
    [{ target: "kv" }, [{ field: "target", message: "This has to be one of registry, published." }]],
    [{ target: "registry", force: true }, [{ field: "force", message: "There is no such field; leave it out." }]],
  ] as const) {
    it(`with ${JSON.stringify(body)} is refused`, async ({ expect }) => {
      const answer = await owner.send("POST", "/api/rebuild", body);
      expect([answer.status, answer.body.errors]).toEqual([400, errors]);
    });
  }
});
