import { describe, it } from "vitest";
import { partId } from "../../../../gateway/permits.ts";
import { Desk, type Flight } from "../../../../gateway/telling/desk.ts";
import { settlementOf } from "../../support/guards.ts";

const NOW = 1_000_000;

function deskWith(...ids: string[]): Desk {
  const desk = new Desk();
  for (const id of ids) desk.add(settlementOf(id), NOW);
  return desk;
}

const take = (desk: Desk, most = 100, now = NOW): Flight => desk.take(most, () => true, now, 5_000);
const idsOf = ({ settlements }: Flight): string[] => settlements.map(({ entry }) => entry.id);

describe("a desk", () => {
  it("gives what waits, in order, as much as is wanted", ({ expect }) => {
    const desk = deskWith("a", "b", "c");
    expect(idsOf(take(desk, 2))).toEqual(["a", "b"]);
    expect(idsOf(take(desk, 2))).toEqual(["c"]);
    expect(desk.hasWaiting).toBe(false);
    expect(desk.isEmpty).toBe(false);
  });

  it("keeps the parts of a permit in their order: none leaves while one before it is on its way", ({ expect }) => {
    const desk = deskWith(partId("p", 1), "q", partId("p", 2));
    const first = take(desk, 1);
    expect(idsOf(first)).toEqual(["p.1"]);
    desk.add(settlementOf("p"), NOW);
    expect(idsOf(take(desk))).toEqual(["q"]);
    first.land(true);
    expect(idsOf(take(desk))).toEqual(["p.2", "p"]);
  });

  it("takes back what wasn't told, to the front", ({ expect }) => {
    const desk = deskWith("a", "b", "c");
    const first = take(desk, 2);
    first.land(false);
    expect(idsOf(take(desk))).toEqual(["a", "b", "c"]);
  });

  it("takes back what left with a request that never came back, and doesn't do so twice", ({ expect }) => {
    const desk = deskWith("a");
    const lost = take(desk);
    expect(idsOf(take(desk, 100, NOW + 4_999))).toEqual([]);
    const again = take(desk, 100, NOW + 5_000);
    expect(idsOf(again)).toEqual(["a"]);
    lost.land(false);
    expect(desk.hasWaiting).toBe(false);
    again.land(true);
    expect(desk.isEmpty).toBe(true);
  });

  it("drops what has waited for too long", ({ expect }) => {
    const desk = deskWith("a");
    desk.add(settlementOf("b"), NOW + 10);
    expect(desk.drop(NOW + 1)).toBe(1);
    expect(idsOf(take(desk))).toEqual(["b"]);
  });

  it("gives leases back that are over or may have been given unseen, again where it wasn't told, for so long", ({
    expect,
  }) => {
    const desk = new Desk();
    const standing = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null, budgets: [] };
    const lease = { lease: "l", version: 1, requests: 9, tokens: 0, nanos: 0, forMs: 1_000, standing };
    desk.leases.hold(lease, NOW);
    expect(desk.hasWaiting).toBe(true);
    expect(take(desk).returned).toEqual([]);
    desk.giveBack("unseen", NOW);
    const first = take(desk, 100, NOW + 1_000);
    expect(first.returned.map((one) => one.lease)).toEqual(["unseen", "l"]);
    expect(desk.hasWaiting).toBe(false);
    first.land(false);
    expect(desk.drop(NOW + 1)).toBe(0);
    const second = take(desk, 100, NOW + 1_001);
    expect(second.returned.map((one) => one.lease)).toEqual(["l"]);
    second.land(true);
    expect(desk.isEmpty).toBe(true);
  });
});
