import gateway, { Guard as RealGuard } from "../../../gateway/index.ts";
import { checkRecord } from "../../../shared/record.ts";

// The gateway as it is, with a door for the simulation: to tell a guard of a record, to end it, to read its books, and to have
// the engine throw away what nobody needs.
export * from "../../../gateway/index.ts";

/** Where the door is. No test of the gateway's own paths uses it. */
const DOOR = "/simulation/";

/** A guard that can be made to restart in the middle of what it does. */
export class Guard extends RealGuard {
  /** Ends this object as a crash would: what isn't on disk is gone, and every call that waits for it fails. */
  crash(): void {
    this.ctx.abort("restarted by the simulation");
  }
}

async function door(request: Request, url: URL, env: GatewayEnv): Promise<Response> {
  if (url.pathname === `${DOOR}collect`) {
    // There under the engine's switch `--expose-gc` alone.
    (globalThis as { gc?: () => void }).gc?.();
    return Response.json({});
  }
  // The binding's type knows the real class alone.
  const guards = env.GUARD as unknown as DurableObjectNamespace<Guard>;
  const guard = guards.getByName(url.searchParams.get("token") ?? "");
  if (url.pathname === `${DOOR}apply`) {
    const record = checkRecord(await request.json());
    if (record === null) return new Response("no record", { status: 400 });
    const { version } = await guard.apply(record);
    return Response.json({ version });
  }
  if (url.pathname === `${DOOR}crash`) {
    await Promise.resolve(guard.crash()).catch(() => undefined);
    return Response.json({});
  }
  const { standing } = await guard.activity();
  const { entries } = await guard.requests({ before: null, limit: 1_000 });
  const from = url.searchParams.get("from") ?? "";
  const to = url.searchParams.get("to") ?? "";
  const usage = await guard.usage({ tokenId: null, from, to, group: "model" });
  return Response.json({ standing, entries, usage });
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const url = new URL(request.url);
    return url.pathname.startsWith(DOOR) ? door(request, url, env) : gateway.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<GatewayEnv>;
