import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { control } from "../../support/gateway.ts";
import { settlementOf, TestGuard, usd } from "../../support/guards.ts";
import { fakeReceivers, HOOK_URL } from "../../support/hooks.ts";
import { TestLedger } from "../../support/ledgers.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const RANGE = { from: "2030-01-02", to: "2030-01-02" };

describe("what a request used", () => {
  it("goes from the guard by the ledger to the owner's reports and webhooks", async ({ expect }) => {
    const { messages } = fakeReceivers();
    const ledger = await TestLedger.fresh();
    await control.addWebhook({ url: HOOK_URL, events: ["token.first_used", "budget.warning", "budget.used_up"] });
    const guard = await TestGuard.of({ budgets: [usd(1, "day", 0.5)] }, { label: "alice" });
    const { id } = guard.record;
    for (const micros of [600_000, 400_000]) {
      const { permit } = await guard.ask({ tokens: 10, micros });
      await guard.settle(settlementOf(permit, { tokens: 10, micros }));
      await guard.at(guard.now + 10_000);
      await guard.ring();
    }
    for (const tokenId of [null, id]) {
      const { total } = await control.usage({ ...RANGE, tokenId, group: "token" });
      expect(total).toMatchObject({ requests: 2, micros: 1_000_000, counts: { input: 20 } });
      const page = await control.usageRows({ ...RANGE, tokenId, after: null, limit: 10 });
      expect(page.rows).toMatchObject([{ tokenId: id, day: "2030-01-02", model: "gpt-4o", requests: 2 }]);
    }
    expect((await control.metrics()).tokens).toMatchObject([{ tokenId: id, requests: 2, micros: 1_000_000 }]);
    expect(await control.tokenUses([id])).toMatchObject([{ tokenId: id, requests: 2, micros: 1_000_000 }]);
    await ledger.postAll();
    const told = messages.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(new Set(told.map(({ type }) => type))).toEqual(
      new Set(["token.first_used", "budget.warning", "budget.used_up"]),
    );
    expect(told.length).toBe(3);
    for (const { data } of told) expect(data).toMatchObject({ token: { id, label: "alice" } });
    const usedUp = told.find(({ type }) => type === "budget.used_up");
    expect(usedUp?.data).toMatchObject({
      budget: { unit: "usd", limit: { micros: 1_000_000, usd: "1.000000" }, left: { micros: 0, usd: "0.000000" } },
    });
  });
});
