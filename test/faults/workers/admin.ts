import app, { Registry as RealRegistry } from "../../../admin/index.ts";
import type { AdminSettings } from "../../../admin/bindings.ts";

// The admin as it is, with a registry that can be given trouble, and a door for the tests.

const DOOR = "/faults/";

/** When the registry ends, once: an isolate's own, so that a restarted registry doesn't end again. */
const trouble = { endsBeforePublishing: false };

/** A registry that can end between its write and its publish. */
export class Registry extends RealRegistry {
  constructor(ctx: DurableObjectState, env: AdminEnv) {
    super(ctx, env);
    const { delivery } = this.engine;
    this.engine.delivery = {
      ...delivery,
      apply: async (record) => {
        if (trouble.endsBeforePublishing) await this.#crash();
        return delivery.apply(record);
      },
    };
  }

  async #crash(): Promise<void> {
    trouble.endsBeforePublishing = false;
    // What the owner did is on disk, and nobody was told of it.
    await this.ctx.storage.sync();
    this.ctx.abort("restarted by a test");
  }
}

/** What an admin of any version can do: call the gateway by RPC, and write KV. */
async function door(request: Request, url: URL, env: AdminSettings): Promise<Response> {
  const name = url.searchParams.get("name") ?? "";
  switch (url.pathname.slice(DOOR.length)) {
    case "end-before-publishing":
      trouble.endsBeforePublishing = true;
      return Response.json({});
    case "rpc": {
      const method: unknown = Reflect.get(env.GATEWAY, name);
      if (typeof method !== "function") return new Response("no method", { status: 404 });
      try {
        return Response.json(await Reflect.apply(method, env.GATEWAY, await request.json<unknown[]>()));
      } catch (error) {
        return Response.json({ error: String(error) }, { status: 500 });
      }
    }
    case "kv":
      await env.TOKENS.put(name, await request.text());
      return Response.json({});
    default:
      return new Response("no such door", { status: 404 });
  }
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const url = new URL(request.url);
    return url.pathname.startsWith(DOOR) ? door(request, url, env) : app.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<AdminSettings>;
