import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
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
});
