import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { Guard } from "../../../gateway/guard/guard.ts";
import { guardName, PERMIT_PARAMETER, WATCH_URL } from "../../../gateway/guard/guard.ts";
import { Ledger } from "../../../gateway/ledger/ledger.ts";
import type { LedgerReport } from "../../../gateway/ledger/report.ts";
import type { Answer, Ask, Lease, LeaseReturn, Settlement } from "../../../gateway/permits.ts";
import type { Budget, Limits } from "../../../shared/policy.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { noCounts, type RequestEntry } from "../../../shared/usage.ts";
import { gatewayEnv, makeToken } from "./gateway.ts";

/** A Wednesday, far enough ahead that no alarm rings by itself: 2 January 2030, 10:20 UTC. */
export const START = Date.UTC(2030, 0, 2, 10, 20);

/** Limits of which only some are set. */
export const limitsOf = (change: Partial<Limits>): Limits => ({
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  queueSeconds: 0,
  budgets: [],
  ...change,
});

export const usd = (amount: number, per: Budget["per"] = "total", warnAt: number | null = null): Budget => ({
  usd: amount,
  per,
  warnAt,
});
export const tokens = (amount: number, per: Budget["per"] = "total", warnAt: number | null = null): Budget => ({
  tokens: amount,
  per,
  warnAt,
});

/** What a test asks for, or says was used. */
export interface Amounts {
  tokens?: number;
  micros?: number | null;
}

/** A guard with a clock of the test's own. */
export class TestGuard {
  readonly record: TokenRecord;
  /** ms since 1970. */
  now = START;

  private constructor(record: TokenRecord) {
    this.record = record;
  }

  static async of(limits: Partial<Limits> | null, change: Partial<TokenRecord> = {}): Promise<TestGuard> {
    const { record } = await makeToken({ ...change, limits: limits === null ? null : limitsOf(limits) });
    const guard = new TestGuard(record);
    await guard.stub.apply(record);
    await guard.at(START);
    return guard;
  }

  get stub(): DurableObjectStub<Guard> {
    return gatewayEnv.GUARD.getByName(guardName(this.record.id));
  }

  /** Sets the guard's clock; has to be said again after a restart. */
  async at(now: number): Promise<void> {
    this.now = now;
    await runInDurableObject(this.stub, (guard: Guard) => {
      guard.clock = () => this.now;
    });
  }

  /** Runs inside the guard, so that what it throws can be caught. */
  within<T>(work: (guard: Guard, state: DurableObjectState) => T | Promise<T>): Promise<T> {
    return runInDurableObject(this.stub, work);
  }

  askOf({ tokens = 0, micros = 0 }: Amounts = {}, change: Partial<Ask> = {}): Ask {
    return {
      permit: crypto.randomUUID(),
      version: this.record.version,
      record: null,
      at: this.now,
      provider: "openai",
      route: "openai",
      endpoint: "chat",
      model: "gpt-4o",
      estimate: { tokens, micros },
      settlements: [],
      returned: [],
      ...change,
    };
  }

  /** Asks for a permit. */
  async ask(amounts: Amounts = {}, change: Partial<Ask> = {}): Promise<Answer & { permit: string }> {
    const ask = this.askOf(amounts, change);
    const answer = await this.within((guard) => guard.admit(ask));
    return { ...answer, permit: ask.permit };
  }

  /** Settles something. */
  async settle(...settlements: Settlement[]): Promise<void> {
    await this.within((guard) => guard.settle(settlements));
  }

  /** Wishes for a lease of so many requests, of amounts each. */
  async wish(
    requests: number,
    { tokens = 0, micros = 0 }: Amounts = {},
    { lease = crypto.randomUUID(), version = this.record.version }: { lease?: string; version?: number } = {},
  ): Promise<Lease | null> {
    const all = { tokens: tokens * requests, micros: micros === null ? null : micros * requests };
    const { permit: _, afterMs: __, ...asked } = this.asked(all);
    return this.within((guard) => guard.settle([], [], { lease, version, requests, asked }));
  }

  /** A request as an isolate remembers it that granted its permit from a lease, `afterMs` after it asked for that. */
  asked(amounts: Amounts = {}, afterMs = 0): LeaseReturn["running"][number] {
    const { permit, at, provider, route, endpoint, model, estimate } = this.askOf(amounts);
    return { permit, at, provider, route, endpoint, model, estimate, afterMs };
  }

  /** Gives a lease back. */
  async giveBack(lease: string, ...running: LeaseReturn["running"]): Promise<void> {
    await this.within((guard) => guard.settle([], [{ lease, running }]));
  }

  /** Opens a watcher's line. @returns what comes on it, and what ends it */
  async watchLine(permit: string): Promise<{ heard: unknown[]; close: () => void }> {
    const url = `${WATCH_URL}?${PERMIT_PARAMETER}=${permit}`;
    const { webSocket } = await this.stub.fetch(url, { headers: { upgrade: "websocket" } });
    if (webSocket === null) throw new Error("the guard opened no line");
    const heard: unknown[] = [];
    webSocket.addEventListener("message", ({ data }) => {
      heard.push(JSON.parse(String(data)));
    });
    webSocket.accept();
    return { heard, close: () => webSocket.close(1000) };
  }

  /** What comes on a watcher's line from now on. */
  async watch(permit: string): Promise<unknown[]> {
    return (await this.watchLine(permit)).heard;
  }

  /** Rings the alarm, whenever it was set for. @returns false where there is none */
  ring(): Promise<boolean> {
    return runDurableObjectAlarm(this.stub);
  }
}

/** Stands in for the ledger. */
export interface FakeLedger {
  /** What it took. */
  reports: LedgerReport[];
  /** Makes it fail from now on; null: it takes what comes. */
  fail(how: Error | null): void;
  /** Holds reports up from now on, or lets them go on; they are forgotten. */
  hold(isHeld: boolean): void;
  /** How many it holds up. */
  holding(): number;
}

/** Puts a fake in the ledger's place, and keeps the log quiet. */
export function fakeLedger(): FakeLedger {
  const reports: LedgerReport[] = [];
  // Plain data: a promise that is settled by another request than its own can bring the runtime down.
  const state: { failure: Error | null; isHeld: boolean; holding: number } = {
    failure: null,
    isHeld: false,
    holding: 0,
  };
  vi.spyOn(Ledger.prototype, "take").mockImplementation(async (report) => {
    if (state.failure !== null) throw state.failure;
    if (!state.isHeld) {
      reports.push(structuredClone(report));
      return;
    }
    state.holding++;
    while (state.isHeld) await new Promise((resolve) => setTimeout(resolve, 5));
    state.holding--;
  });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  return {
    reports,
    fail: (how) => {
      state.failure = how;
    },
    hold: (isHeld) => {
      state.isHeld = isHeld;
    },
    holding: () => state.holding,
  };
}

/** A settlement of a permit that was granted. */
export function settlementOf(
  id: string,
  { tokens: input = 0, micros = 0 }: Amounts = {},
  change: Partial<Omit<Settlement, "entry">> & { entry?: Partial<RequestEntry> } = {},
): Settlement {
  const { entry, ...rest } = change;
  return {
    granted: true,
    once: null,
    more: false,
    ...rest,
    entry: {
      id,
      at: START,
      provider: "openai",
      route: "openai",
      endpoint: "chat",
      model: "gpt-4o",
      status: 200,
      refusedBy: null,
      code: null,
      error: null,
      counts: { ...noCounts(), input },
      raw: {},
      micros,
      estimated: false,
      ttfbMs: 100,
      durationMs: 200,
      ...entry,
    },
  };
}
