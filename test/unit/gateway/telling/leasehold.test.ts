import { describe, it } from "vitest";
import type { Asked, Lease } from "../../../../gateway/permits.ts";
import { Leasehold } from "../../../../gateway/telling/leasehold.ts";

const NOW = 1_000_000;

const asked = (tokens = 10, micros: number | null = 2): Asked => ({
  at: NOW,
  provider: "openai",
  route: "openai",
  endpoint: "chat",
  model: "gpt-4o",
  estimate: { tokens, micros },
});

const leaseOf = (change: Partial<Lease> = {}): Lease => ({
  lease: "l",
  version: 1,
  requests: 3,
  tokens: 100,
  nanos: 6_000,
  forMs: 1_000,
  standing: {
    requestsPerMinute: { limit: 1_000, left: 900, resetsAt: NOW },
    tokensPerMinute: null,
    concurrency: null,
    budgets: [
      { unit: "usd", per: "day", limit: 500, used: 100, reserved: 50, left: 350, resetsAt: null, warnAt: null },
      { unit: "tokens", per: "day", limit: 900, used: 0, reserved: 0, left: 900, resetsAt: null, warnAt: null },
    ],
  },
  ...change,
});

function holding(change: Partial<Lease> = {}): Leasehold {
  const leases = new Leasehold();
  leases.hold(leaseOf(change), NOW);
  return leases;
}

const noted = (times: number, from = NOW, every = 0): Leasehold => {
  const leases = new Leasehold();
  for (let time = 0; time < times; time++) leases.note(asked(), 1, from + time * every);
  return leases;
};

describe("a permit from a lease", () => {
  it("takes its share, and tells how the limits stand beyond it", ({ expect }) => {
    const leases = holding();
    const first = leases.grant("a", asked(), 1, NOW + 1);
    expect(first?.leased).toEqual({ lease: "l", estimate: { tokens: 10, micros: 2 }, afterMs: 1 });
    expect(first?.standing).toMatchObject({
      requestsPerMinute: { limit: 1_000, left: 899 },
      tokensPerMinute: null,
      budgets: [
        { used: 100, reserved: 52, left: 348 },
        { used: 0, reserved: 10, left: 890 },
      ],
    });
    expect(leases.grant("b", asked(20), 1, NOW + 2)?.standing).toMatchObject({
      requestsPerMinute: { left: 898 },
      budgets: [{ reserved: 54 }, { reserved: 30, left: 870 }],
    });
  });

  it("is granted while there are requests, tokens and money for it", ({ expect }) => {
    expect(holding().grant("a", asked(101), 1, NOW)).toBeNull();
    expect(holding().grant("a", asked(100), 1, NOW)).not.toBeNull();
    expect(holding().grant("a", asked(1, 6.001), 1, NOW)).toBeNull();
    expect(holding().grant("a", asked(1, 6), 1, NOW)).not.toBeNull();
    expect(holding({ nanos: 0 }).grant("a", asked(1, null), 1, NOW)).not.toBeNull();
    const leases = holding();
    const granted = ["a", "b", "c", "d"].map((permit) => leases.grant(permit, asked(1, 0), 1, NOW) !== null);
    expect(granted).toEqual([true, true, true, false]);
  });

  it("is granted in the lease's time, and to the record that it is of", ({ expect }) => {
    expect(holding().grant("a", asked(), 1, NOW + 999)).not.toBeNull();
    expect(holding().grant("a", asked(), 1, NOW + 1_000)).toBeNull();
    expect(holding().grant("a", asked(), 2, NOW)).toBeNull();
    const leases = holding();
    leases.retire(NOW + 10);
    expect(leases.grant("a", asked(), 1, NOW + 10)).toBeNull();
  });
});

describe("what an isolate gives back", () => {
  it("is each lease that is over, once, with what is still running of it", ({ expect }) => {
    const leases = holding();
    const [a, b] = [leases.grant("a", asked(), 1, NOW), leases.grant("b", asked(20), 1, NOW)];
    expect(a).not.toBeNull();
    if (b !== null) leases.ended("b", b.leased);
    expect(leases.returns(NOW + 999)).toEqual([]);
    expect(leases.isHolding).toBe(true);
    expect(leases.returns(NOW + 1_000)).toEqual([{ lease: "l", running: [{ permit: "a", ...asked(), afterMs: 0 }] }]);
    expect(leases.isHolding).toBe(false);
    expect(leases.returns(NOW + 2_000)).toEqual([]);
  });

  it("is the lease before, when the next one is here", ({ expect }) => {
    const leases = holding();
    leases.hold(leaseOf({ lease: "next" }), NOW + 400);
    expect(leases.grant("a", asked(), 1, NOW + 400)?.leased.lease).toBe("next");
    expect(leases.returns(NOW + 400).map(({ lease }) => lease)).toEqual(["l"]);
  });
});

describe("a wish for a lease", () => {
  it("comes with the third request within a second", ({ expect }) => {
    expect(noted(2).wish("w", NOW + 20)).toBeNull();
    expect(noted(3, NOW, 500).wish("w", NOW + 1_020)).toBeNull();
    expect(noted(3, NOW, 400).wish("w", NOW + 900)).not.toBeNull();
    expect(noted(3).wish("w", NOW + 2_001)).toBeNull();
  });

  it("is for half as much again as came, in a second", ({ expect }) => {
    const wish = noted(50, NOW, 10).wish("w", NOW + 500);
    expect(wish).toMatchObject({ lease: "w", version: 1, requests: 150 });
    expect(wish?.asked).toEqual({ ...asked(), at: NOW, estimate: { tokens: 1_500, micros: 300 } });
  });

  it("is never for more than a thousand requests", ({ expect }) => {
    expect(noted(500).wish("w", NOW)).toMatchObject({ requests: 1_000 });
  });

  it("waits while half of what is held is there, in its first half", ({ expect }) => {
    const leases = holding({ requests: 10, tokens: 1_000, nanos: 100_000 });
    const use = (count: number, now: number): void => {
      for (let time = 0; time < count; time++) {
        leases.note(asked(), 1, now);
        leases.grant(`${now}.${time}`, asked(), 1, now);
      }
    };
    use(4, NOW);
    expect(leases.wish("w", NOW + 100)).toBeNull();
    expect(leases.wish("w", NOW + 500)).not.toBeNull();
    use(3, NOW + 500);
    // Seven of ten are gone.
    expect(leases.wish("w", NOW + 520)).not.toBeNull();
  });

  it("of what has no price is for no money", ({ expect }) => {
    const leases = new Leasehold();
    for (let time = 0; time < 3; time++) leases.note(asked(10, null), 1, NOW);
    expect(leases.wish("w", NOW + 100)?.asked.estimate.micros).toBeNull();
  });
});
