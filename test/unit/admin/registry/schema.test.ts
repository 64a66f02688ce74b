import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { countPending, enqueue } from "../../../../admin/registry/outbox.ts";
import { migrate } from "../../../../admin/registry/schema.ts";
import { inRegistry, Owner } from "../../support/admin.ts";

afterEach(() => reset());

const TABLES = [
  "audit",
  "bulks",
  "followers",
  "listed",
  "migrations",
  "outbox",
  "passkeys",
  "rebuild",
  "searched",
  "secrets",
  "sessions",
  "settings",
  "spent",
  "throttle",
  "tokens",
  "uses",
];

describe("the tables", () => {
  it("are there, and bringing them up to date again changes nothing", async ({ expect }) => {
    const owner = await Owner.signedIn();
    await owner.create("alice");
    const names = await inRegistry((_, { storage }) => {
      migrate(storage);
      migrate(storage);
      const query =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_%' ESCAPE '\\' ORDER BY name";
      return storage.sql
        .exec<{ name: string }>(query)
        .toArray()
        .map(({ name }) => name);
    });
    expect(names).toEqual(TABLES);
    expect((await owner.send<{ tokens: unknown[] }>("GET", "/api/tokens")).body.tokens).toHaveLength(1);
  });

  it("hold labels unique by themselves, and let a deleted token's label go", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const [one, two] = [await owner.create("alice"), await owner.create("bob")];
    const rename = "UPDATE tokens SET label = 'alice' WHERE id = ?";
    await inRegistry((_, { storage }) => {
      expect(() => storage.sql.exec(rename, two.token.id)).toThrow(/UNIQUE constraint failed: tokens.label/);
    });
    await owner.send("DELETE", `/api/tokens/${one.token.id}`);
    await inRegistry((_, { storage }) => void storage.sql.exec(rename, two.token.id));
  });

  it("get counts, short searches and indexes of few tokens where an older registry had none", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const policy = (await owner.send<{ policy: { id: string } }>("POST", "/api/policies", { name: "students" })).body;
    await owner.create("alice ß", { policy: policy.policy.id });
    const { token: bob } = await owner.create("bob", { policy: policy.policy.id });
    const { token: carol } = await owner.create("carol");
    await owner.send("DELETE", `/api/tokens/${carol.id}`);
    await inRegistry((_, { storage }) => {
      const { sql } = storage;
      for (const name of ["listed_unused", "listed_nearly"]) sql.exec(`DROP INDEX ${name}`);
      sql.exec("CREATE INDEX listed_unused ON listed (created_at, id, expires_at) WHERE state = 0 AND used_at = 0");
      for (const name of ["listed_added", "listed_removed", "listed_changed"]) sql.exec(`DROP TRIGGER ${name}`);
      for (const name of ["follower_added", "follower_removed", "follower_moved"]) sql.exec(`DROP TRIGGER ${name}`);
      for (const name of ["outbox_added", "outbox_removed", "outbox_changed"]) sql.exec(`DROP TRIGGER ${name}`);
      for (const name of ["state_counts", "policy_counts", "pending_counts", "searched_terms"])
        sql.exec(`DROP TABLE ${name}`);
      sql.exec("DROP INDEX listed_by_holder");
      sql.exec("DELETE FROM migrations WHERE number > (SELECT max(number) - 3 FROM migrations)");
      enqueue(sql, bob.id, ["kv"], Date.now() + 60_000);
      migrate(storage);
      expect(countPending(sql)).toEqual({ gateway: 0, kv: 1 });
      sql.exec("DELETE FROM outbox");
    });
    const list = async (query: string) => {
      const { body } = await owner.send<{ total: number; tokens: { label: string }[] }>("GET", `/api/tokens?${query}`);
      return [body.total, ...body.tokens.map(({ label }) => label)];
    };
    expect(await list("")).toEqual([2, "bob", "alice ß"]);
    expect(await list("status=deleted")).toEqual([1, "carol"]);
    expect(await list("query=%C3%9F")).toEqual([1, "alice ß"]);
    expect(await list("status=holder")).toEqual([0]);
    expect(await list("status=unused")).toEqual([2, "bob", "alice ß"]);
    const followers = async () =>
      (await owner.send<{ policies: { tokens: number }[] }>("GET", "/api/policies")).body.policies[0]?.tokens;
    expect(await followers()).toBe(2);
    await owner.send("PATCH", `/api/tokens/${bob.id}`, { policy: null });
    expect(await followers()).toBe(1);
  });
});
