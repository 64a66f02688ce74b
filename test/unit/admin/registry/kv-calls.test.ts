import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { counted, kvCalls } from "../../../../admin/registry/kv-calls.ts";
import { breakDelivery, inRegistry, Owner, registry } from "../../support/admin.ts";

afterEach(() => reset());

const DAY = 24 * 60 * 60_000;
const NOON = Date.UTC(2030, 0, 1, 12);
const nothing = async (): Promise<void> => undefined;

describe("calls to KV", () => {
  it("are counted by the day, also where they fail, and old days go", async ({ expect }) => {
    const found = await inRegistry(async (_, { storage: { sql } }) => {
      let now = NOON;
      const broken = async (): Promise<never> => Promise.reject(new Error("KV is down"));
      const delivery = { apply: broken, holderChanges: broken, useChanges: broken, put: broken, remove: nothing };
      const kv = counted(sql, delivery, () => now);
      await kv.put("a", "").catch(nothing);
      await kv.put("a", "").catch(nothing);
      await kv.remove("b");
      now += DAY;
      await kv.remove("b");
      const days = [kvCalls(sql, NOON), kvCalls(sql, now), kvCalls(sql, now + DAY)];
      now = NOON + 40 * DAY;
      await kv.remove("b");
      return [...days, kvCalls(sql, NOON)];
    });
    expect(found).toEqual([
      { day: "2030-01-01", writes: 2, deletes: 1 },
      { day: "2030-01-02", writes: 0, deletes: 1 },
      { day: "2030-01-03", writes: 0, deletes: 0 },
      { day: "2030-01-01", writes: 0, deletes: 0 },
    ]);
  });

  it("are those of tokens and of settings", async ({ expect }) => {
    const owner = await Owner.signedIn();
    await owner.create("alice");
    await owner.policy("students");
    await breakDelivery({ put: () => Promise.reject(new Error("KV is down")) });
    const { token } = await owner.create("bob");
    expect((await registry().facts()).kv).toMatchObject({ writes: 3, deletes: 0 });
    await breakDelivery({ put: nothing, remove: nothing });
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    expect((await registry().facts()).kv).toMatchObject({ deletes: 1 });
  });
});
