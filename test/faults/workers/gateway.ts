import { WorkerEntrypoint } from "cloudflare:workers";
import gateway, { Control, Guard as RealGuard } from "../../../gateway/index.ts";
import type { Answer, Ask, Lease, LeaseReturn, LeaseWish, Settlement } from "../../../gateway/permits.ts";
import type { Applied } from "../../../shared/control.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import type { Call, Trouble } from "../support/trouble.ts";

// The gateway as it is, with guards that can be given trouble, and a door for the tests. No test of the gateway's own paths
// uses the door.
export * from "../../../gateway/index.ts";

const DOOR = "/faults/";

/** By token id. An isolate's own, so that a restarted guard has it still. */
const troubles = new Map<string, Trouble>();

/** What SQLite says where a Durable Object has reached its quota (developers.cloudflare.com/durable-objects/platform/limits). */
const FULL = "database or disk is full: SQLITE_FULL";
const WRITES = /^\s*(?:INSERT|UPDATE|REPLACE|CREATE|DELETE)/;

/** Makes an object's storage refuse whatever is written while it has that trouble. */
function mayFill(storage: DurableObjectStorage, isFull: () => boolean): void {
  const { sql, kv } = storage;
  const exec = sql.exec.bind(sql);
  const put = kv.put.bind(kv);
  const refuse = (): void => {
    if (isFull()) throw new Error(FULL);
  };
  sql.exec = (query, ...values) => {
    if (WRITES.test(query)) refuse();
    return exec(query, ...values);
  };
  kv.put = (key, value) => {
    refuse();
    put(key, value);
  };
}

/** A guard that can be given trouble. */
export class Guard extends RealGuard {
  constructor(ctx: DurableObjectState, env: GatewayEnv) {
    mayFill(ctx.storage, () => troubles.get(ctx.id.name ?? "")?.kind === "full");
    super(ctx, env);
  }

  async #meet<T>(call: Call, work: () => Promise<T>): Promise<T> {
    const id = this.ctx.id.name ?? "";
    const trouble = troubles.get(id);
    if (trouble === undefined || trouble.kind === "full" || !trouble.calls.includes(call)) return work();
    const left = trouble.times === null ? null : trouble.times - 1;
    if (left === 0) troubles.delete(id);
    else troubles.set(id, { ...trouble, times: left });
    if (trouble.kind === "fails") throw new Error("broken by a test");
    if (trouble.kind === "slow") await scheduler.wait(trouble.ms);
    const done = await work();
    if (trouble.kind === "forgets") {
      await this.ctx.storage.sync();
      this.crash();
    }
    return done;
  }

  override async recall(): Promise<{ record: TokenRecord | null }> {
    return this.#meet("recall", () => super.recall());
  }

  override async admit(ask: Ask): Promise<Answer> {
    return this.#meet("admit", () => super.admit(ask));
  }

  override async settle(
    settlements: readonly Settlement[],
    returned?: readonly LeaseReturn[],
    wish?: LeaseWish | null,
  ): Promise<Lease | null> {
    return this.#meet("settle", () => super.settle(settlements, returned, wish));
  }

  override async apply(record: TokenRecord): Promise<Applied> {
    return this.#meet("apply", () => super.apply(record));
  }

  /** Ends this object as a crash would: what isn't on disk is gone, and every call that waits for it fails. */
  crash(): void {
    this.ctx.abort("restarted by a test");
  }

  /**
   * Does what its alarm would do at another time.
   *
   * @param aheadMs how far ahead of now that is, in ms
   */
  async ring(aheadMs: number): Promise<void> {
    this.clock = () => Date.now() + aheadMs;
    await this.alarm();
    this.clock = Date.now;
  }
}

/** The gateway's first version, as the admin saw it: it took records and told what is configured, and no more. */
export class FirstControl extends WorkerEntrypoint<GatewayEnv> {
  async apply(record: TokenRecord): Promise<{ version: number }> {
    const { version } = await new Control(this.ctx, this.env).apply(record);
    return { version };
  }

  async facts(): Promise<object> {
    return { providers: Object.fromEntries(PROVIDERS.map((provider) => [provider, { configured: true }])) };
  }
}

async function books(guard: DurableObjectStub<Guard>): Promise<object> {
  const { standing } = await guard.activity();
  const { entries } = await guard.requests({ before: null, limit: 1_000 });
  const day = new Date().toISOString().slice(0, 10);
  const usage = await guard.usage({ tokenId: null, from: "2026-01-01", to: day, group: "model" });
  return { standing, entries, usage };
}

async function door(request: Request, url: URL, env: GatewayEnv): Promise<Response> {
  const id = url.searchParams.get("token") ?? "";
  // The binding's type knows the real class alone.
  const guard = (env.GUARD as unknown as DurableObjectNamespace<Guard>).getByName(id);
  switch (url.pathname.slice(DOOR.length)) {
    case "trouble": {
      const trouble = await request.json<Trouble | null>();
      if (trouble === null) troubles.delete(id);
      else troubles.set(id, trouble);
      return Response.json({});
    }
    case "crash":
      await Promise.resolve(guard.crash()).catch(() => undefined);
      return Response.json({});
    case "ring":
      await guard.ring(Number(url.searchParams.get("ahead")));
      return Response.json({});
    case "books":
      return Response.json(await books(guard));
    default:
      return new Response("no such door", { status: 404 });
  }
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const url = new URL(request.url);
    return url.pathname.startsWith(DOOR) ? door(request, url, env) : gateway.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<GatewayEnv>;
