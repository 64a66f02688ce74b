import gateway, { Guard as RealGuard, KeyHealth as RealKeyHealth, Ledger as RealLedger } from "../../gateway/index.ts";

// The gateway as it is, with what Cloudflare would bill of its Durable Objects counted. For counting, never for timing.
export * from "../../gateway/index.ts";

/** What was counted since the isolate began. `puts`: rows that are written past SQL, those of alarms included. */
const counts = { guardCalls: 0, objectRequests: 0, puts: 0 };
const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];

type Method = (...args: unknown[]) => unknown;

/** Puts a method in the place of another one of the same name. `T`: whatever has it. */
function wrap<T extends object>(whole: T, name: keyof T, before: () => void): void {
  // The cast: each name that is given here is a method's.
  const real = whole[name] as Method;
  Object.defineProperty(whole, name, {
    value(this: unknown, ...args: unknown[]): unknown {
      before();
      return real.apply(this, args);
    },
  });
}

const countPut = (): void => {
  counts.puts += 1;
};

/** Keeps every cursor of a storage: how many rows one has written is known when it is read to its end. */
function watchRows({ storage }: DurableObjectState): void {
  const exec = storage.sql.exec.bind(storage.sql);
  const watched = (query: string, ...bindings: unknown[]) => {
    const cursor = exec(query, ...bindings);
    cursors.push(cursor);
    return cursor;
  };
  Object.defineProperty(storage.sql, "exec", { value: watched });
  wrap(storage.kv, "put", countPut);
  wrap(storage.kv, "delete", countPut);
  wrap(storage, "setAlarm", countPut);
}

/** A guard whose rows are counted. */
export class Guard extends RealGuard {
  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    watchRows(ctx);
    super(ctx, env);
  }
}

/** The ledger, whose rows are counted. */
export class Ledger extends RealLedger {
  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    watchRows(ctx);
    super(ctx, env);
  }
}

/** What is known of a provider's keys, whose rows are counted. */
export class KeyHealth extends RealKeyHealth {
  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    watchRows(ctx);
    super(ctx, env);
  }
}

/** Counts calls of methods, each of which is a request to its object: calls by RPC, `fetch`, and alarms. */
function watchCalls<T extends object>(prototype: T, methods: readonly (keyof T)[], isGuardCall: boolean): void {
  for (const name of methods) {
    wrap(prototype, name, () => {
      counts.objectRequests += 1;
      if (isGuardCall) counts.guardCalls += 1;
    });
  }
}
watchCalls(Guard.prototype, ["recall", "admit", "settle", "apply"], true);
watchCalls(Guard.prototype, ["fetch", "alarm"], false);
watchCalls(Ledger.prototype, ["take", "notify", "alarm"], false);
watchCalls(KeyHealth.prototype, ["note"], false);

export default {
  async fetch(request, env, ctx): Promise<Response> {
    if (new URL(request.url).pathname !== "/-/counts") return gateway.fetch(request, env, ctx);
    const { puts, ...calls } = counts;
    const rowsWritten = puts + cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0);
    return Response.json({ ...calls, rowsWritten });
  },
} satisfies ExportedHandler<GatewayEnv>;
