import { bindingsOf } from "./bindings.ts";
import { allowPages, isPreflight, preflightResponse } from "./cors.ts";
import { handle } from "./pipeline.ts";
import { isReserved, reserved } from "./reserved.ts";
import { targetOf } from "./target.ts";

export { Control } from "./control.ts";
export { Guard } from "./guard.ts";
export { Relay } from "./relay.ts";

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const target = targetOf(request.url);
    if (isPreflight(request)) return preflightResponse(request);
    const response = isReserved(target.path)
      ? await reserved(request.method, target.path, bindingsOf(env))
      : await handle(request, target, env, (work) => ctx.waitUntil(work));
    if (request.headers.has("origin")) allowPages(response.headers);
    return response;
  },
} satisfies ExportedHandler<GatewayEnv>;
