import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { countPending, enqueue, findOutbox, settle } from "../../../../admin/registry/outbox.ts";
import { inRegistry, Owner } from "../../support/admin.ts";

afterEach(() => reset());

const NOW = Date.UTC(2030, 0, 2);

describe("how many tokens aren't confirmed", () => {
  it("is what the outbox adds up to, whatever becomes of its rows", async ({ expect }) => {
    await Owner.signedIn();
    await inRegistry((_, { storage }) => {
      const { sql } = storage;
      const settled = (id: string, failed: ("gateway" | "kv")[], untried: ("gateway" | "kv")[] = []): void => {
        const row = findOutbox(sql, id);
        if (row !== null) settle(sql, row, failed, untried, NOW);
      };
      const steps: [work: () => void, gateway: number, kv: number][] = [
        [() => undefined, 0, 0],
        [() => enqueue(sql, "one", ["gateway", "kv"], NOW), 1, 1],
        [() => enqueue(sql, "two", ["kv"], NOW), 1, 2],
        // What waits already, waits once.
        [() => enqueue(sql, "two", ["gateway"], NOW), 2, 2],
        [() => enqueue(sql, "two", ["gateway", "kv"], NOW), 2, 2],
        [() => settled("two", ["kv"]), 1, 2],
        [() => settled("one", ["gateway"], ["kv"]), 1, 2],
        [() => settled("one", []), 0, 1],
        [() => sql.exec("DELETE FROM outbox"), 0, 0],
      ];
      for (const [index, [work, gateway, kv]] of steps.entries()) {
        work();
        expect(countPending(sql), String(index)).toEqual({ gateway, kv });
      }
      const failed = () =>
        storage.transactionSync(() => {
          enqueue(sql, "three", ["gateway"], NOW);
          throw new Error("taken back");
        });
      expect(failed).toThrow("taken back");
      expect(countPending(sql)).toEqual({ gateway: 0, kv: 0 });
    });
  });
});
