import gateway, { Guard as RealGuard, Ledger as RealLedger } from "../../gateway/index.ts";

// The gateway as it is, with its calls to guards and the rows that it writes counted. For counting, never for timing.
export * from "../../gateway/index.ts";

/** What was counted since the isolate began. */
const counts = { guardCalls: 0 };
const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];

/** Keeps every cursor of a storage: how many rows one has written is known when it is read to its end. */
function watchRows({ storage }: DurableObjectState): void {
  const exec = storage.sql.exec.bind(storage.sql);
  const watched = (query: string, ...bindings: unknown[]) => {
    const cursor = exec(query, ...bindings);
    cursors.push(cursor);
    return cursor;
  };
  Object.defineProperty(storage.sql, "exec", { value: watched });
}

/** A guard whose calls and rows are counted. */
export class Guard extends RealGuard {
  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    watchRows(ctx);
    super(ctx, env);
  }
}

const CALLS = ["recall", "admit", "settle", "apply"] as const satisfies (keyof RealGuard)[];
for (const name of CALLS) {
  const real = RealGuard.prototype[name] as (...args: unknown[]) => unknown;
  Object.defineProperty(Guard.prototype, name, {
    value(this: Guard, ...args: unknown[]): unknown {
      counts.guardCalls += 1;
      return real.apply(this, args);
    },
  });
}

/** The ledger, whose rows are counted. */
export class Ledger extends RealLedger {
  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    watchRows(ctx);
    super(ctx, env);
  }
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    if (new URL(request.url).pathname !== "/-/counts") return gateway.fetch(request, env, ctx);
    return Response.json({ ...counts, rowsWritten: cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0) });
  },
} satisfies ExportedHandler<GatewayEnv>;
