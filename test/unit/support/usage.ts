import type { ControlApi } from "../../../shared/control.ts";
import {
  ERROR_KINDS,
  type ErrorKind,
  noCounts,
  type RequestEntry,
  type UsageCounts,
  type UsageGroupRow,
  type UsageReport,
  type UsageRow,
} from "../../../shared/usage.ts";
import { type Answer, PASSWORD, type ProblemBody, sendWith } from "./admin.ts";

/** Counts with some set. */
export const counts = (some: Partial<UsageCounts> = {}): UsageCounts => ({ ...noCounts(), ...some });

/** Errors by kind with some set. */
export const errors = (some: Partial<Record<ErrorKind, number>> = {}): Record<ErrorKind, number> => ({
  ...(Object.fromEntries(ERROR_KINDS.map((kind) => [kind, 0])) as Record<ErrorKind, number>),
  ...some,
});

type Sums = UsageReport["total"];

const NOTHING: Sums = {
  requests: 0,
  errors: errors(),
  counts: noCounts(),
  micros: 0,
  unpriced: 0,
  estimated: 0,
  ttfbMs: 0,
  timed: 0,
  durationMs: 0,
};

/** A row of a report. */
export const group = (key: string, some: Partial<UsageGroupRow> = {}): UsageGroupRow => ({
  ...NOTHING,
  key,
  provider: null,
  ...some,
});

/** A report with these rows. */
export const report = (rows: UsageGroupRow[], total: Partial<Sums> = {}): UsageReport => ({
  rows,
  total: { ...NOTHING, ...total },
  asOf: Date.UTC(2026, 10, 22, 8, 30),
});

/** A row as it is kept. */
export const row = (tokenId: string, day: string, some: Partial<UsageRow> = {}): UsageRow => ({
  ...NOTHING,
  tokenId,
  day,
  provider: "openai",
  model: "gpt-live-1",
  ...some,
});

/** One of a token's last requests: a success that cost $0.0023. */
export const entry = (id: string, some: Partial<RequestEntry> = {}): RequestEntry => ({
  id,
  at: Date.UTC(2026, 10, 22, 8, 30),
  provider: "openai",
  route: "openai",
  endpoint: "chat",
  model: "gpt-live-1",
  status: 200,
  refusedBy: null,
  code: null,
  error: null,
  counts: counts({ input: 1200, cacheRead: 1000, output: 34 }),
  raw: { prompt_tokens: 1200 },
  micros: 2300,
  estimated: false,
  ttfbMs: 450,
  durationMs: 1500,
  ...some,
});

/** A gateway that answers to these calls, and writes down every one. Any other call fails, as if there were no gateway. */
export function fakeGateway(parts: Partial<ControlApi>) {
  const calls: [method: string, ...args: unknown[]][] = [];
  const GATEWAY = new Proxy(parts, {
    get:
      (_, name) =>
      (...args: unknown[]): unknown => {
        calls.push([String(name), ...args]);
        const method = (parts as Record<string, ((...args: unknown[]) => unknown) | undefined>)[String(name)];
        if (method === undefined) throw new Error(`The fake gateway has no ${String(name)}.`);
        return method(...args);
      },
  });
  return { calls, bindings: { GATEWAY, ADMIN_SECRET: PASSWORD } };
}

/** A call of the gateway's that fails. */
export const fails = async (): Promise<never> => {
  throw new Error("the gateway is gone");
};

/** Sends a program's request to an admin with a fake gateway. */
export function askWith<T = ProblemBody>(
  bindings: Record<string, unknown>,
  jwt: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  return sendWith<T>(bindings, method, path, { body, headers: { authorization: `Bearer ${jwt}` } });
}

/** Sends a program's request to an admin with such a gateway; the answer has the calls that the gateway got. */
export async function askFake<T = ProblemBody>(
  parts: Partial<ControlApi>,
  jwt: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<T> & { calls: unknown[] }> {
  const { bindings, calls } = fakeGateway(parts);
  return { ...(await askWith<T>(bindings, jwt, method, path, body)), calls };
}
