import { describe, it } from "vitest";
import type { AdminBindings } from "../../../../admin/bindings.ts";
import { readLastUses } from "../../../../admin/usage/last-uses.ts";
import type { ControlApi } from "../../../../shared/control.ts";

/** A gateway that does nothing but this. */
const gatewayWith = (tokenUses: ControlApi["tokenUses"]): AdminBindings["gateway"] =>
  ({ tokenUses }) as AdminBindings["gateway"];

describe("when tokens were last used", () => {
  it("is known of those that the gateway tells of, and of no others", async ({ expect }) => {
    const asked: (readonly string[])[] = [];
    const gateway = gatewayWith(async (ids) => {
      asked.push(ids);
      const use = { requests: 1, micros: 0, budgets: [] };
      return [
        { ...use, tokenId: "b", lastUsedAt: 5 },
        { ...use, tokenId: "c", lastUsedAt: null },
      ];
    });
    const tokens = ["a", "b", "c"].map((id) => ({ id }));
    expect(tokens.map(await readLastUses(gateway, tokens))).toEqual([null, 5, null]);
    expect(asked).toEqual([["a", "b", "c"]]);
  });

  it("is unknown of all where the gateway fails, and isn't asked for of none", async ({ expect }) => {
    const gateway = gatewayWith(async () => {
      throw new Error("the gateway is away");
    });
    expect((await readLastUses(gateway, [{ id: "a" }]))({ id: "a" })).toBeNull();
    expect(
      (
        await readLastUses(
          gatewayWith(() => Promise.reject(new Error())),
          [],
        )
      )({ id: "a" }),
    ).toBeNull();
  });
});
