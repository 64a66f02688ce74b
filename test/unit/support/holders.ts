import { bindingsOf, type Bindings } from "../../../gateway/bindings.ts";
import type { HolderAct, HolderAnswer } from "../../../gateway/permits.ts";
import { reserved } from "../../../gateway/reserved/reserved.ts";
import { targetOf } from "../../../gateway/target.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { noCounts, type LimitStanding, type UsageGroupRow, type UsageReport } from "../../../shared/usage.ts";
import { gatewayEnv } from "./gateway.ts";

/** A guard that says what a test wants it to say. */
export interface ToldGuard {
  standing: LimitStanding | null;
  rows: UsageGroupRow[];
  /** What it was asked for, by method. */
  asked: string[];
  acts: HolderAct[];
  answer: (act: HolderAct) => HolderAnswer;
  /** Whether it fails. */
  fails: boolean;
}

/** Used once, with nothing else. */
export const usedRow = (change: Partial<UsageGroupRow>): UsageGroupRow => ({
  key: "m",
  provider: "openai",
  requests: 1,
  errors: {
    limit: 0,
    policy: 0,
    gateway: 0,
    providerBusy: 0,
    providerRefused: 0,
    providerFailed: 0,
    clientGone: 0,
    cut: 0,
  },
  counts: noCounts(),
  micros: 0,
  unpriced: 0,
  estimated: 0,
  ttfbMs: 0,
  timed: 0,
  durationMs: 0,
  ...change,
});

function totalOf(rows: readonly UsageGroupRow[]): UsageReport["total"] {
  const total = usedRow({ requests: 0 });
  for (const { requests, counts, micros, unpriced } of rows) {
    total.requests += requests;
    total.micros += micros;
    total.unpriced += unpriced;
    total.counts.input += counts.input;
    total.counts.output += counts.output;
  }
  return total;
}

/** A guard that holds a record, has no limits and has seen nothing. */
export const toldGuard = (record: TokenRecord): ToldGuard => ({
  standing: null,
  rows: [],
  asked: [],
  acts: [],
  answer: () => ({ ok: true, record }),
  fails: false,
});

/** Bindings whose every guard is this one; it knows no records, so that KV's word goes. */
export function bindingsWith(told: ToldGuard): Bindings {
  const say = <T>(what: string, answer: () => T): Promise<T> => {
    told.asked.push(what);
    return told.fails && what !== "recall" ? Promise.reject(new Error("no guard")) : Promise.resolve(answer());
  };
  const guard = {
    recall: () => say("recall", () => ({ record: null })),
    activity: () => say("activity", () => ({ standing: told.standing, firstUsedAt: null, lastUsedAt: null })),
    usage: () => say("usage", () => ({ rows: told.rows, total: totalOf(told.rows), asOf: 0 })),
    act: (act: HolderAct) =>
      say("act", () => {
        told.acts.push(act);
        return told.answer(act);
      }),
  };
  return { ...bindingsOf(gatewayEnv), guards: { getByName: () => guard } as unknown as Bindings["guards"] };
}

/** A visit to one of the gateway's own pages. */
export function visit(bindings: Bindings, path: string, init: RequestInit = {}): Promise<Response> {
  const url = `https://gateway.example${path}`;
  return reserved(new Request(url, init), targetOf(url), bindings, () => undefined);
}

/** A form that is sent by the page itself. */
export function submit(
  bindings: Bindings,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = { "sec-fetch-site": "same-origin" },
): Promise<Response> {
  return visit(bindings, path, { method: "POST", body: new URLSearchParams(fields), headers });
}
