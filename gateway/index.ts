import { bindingsOf } from "./bindings.ts";
import { allowPages, isPreflight, preflightResponse } from "./cors.ts";
import { handle } from "./pipeline.ts";
import { isReserved, reserved } from "./reserved/reserved.ts";
import { handleSocket } from "./socket-pipeline.ts";
import { socketRequestOf } from "./sockets/endpoints.ts";
import { targetOf } from "./target.ts";

export { Decoder } from "./codings.ts";
export { Control } from "./control.ts";
export { KeyHealth } from "./key-health.ts";
export { Guard } from "./guard/guard.ts";
export { Ledger } from "./ledger/ledger.ts";
export { Relay } from "./relay.ts";

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const target = targetOf(request.url);
    if (isPreflight(request)) return preflightResponse(request);
    const socket = socketRequestOf(request, target);
    const later = (work: Promise<void>): void => ctx.waitUntil(work);
    const answering = isReserved(target.path)
      ? reserved(request, target, bindingsOf(env), later)
      : socket === null
        ? handle(request, target, env, later)
        : handleSocket(request, socket, env, later);
    // A client that leaves before its answer would end all of this with it, and what was granted would stay held.
    ctx.waitUntil(answering);
    const response = await answering;
    if (request.headers.has("origin")) allowPages(response.headers);
    return response;
  },
} satisfies ExportedHandler<GatewayEnv>;
