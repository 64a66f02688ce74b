import type { AdminBindings } from "./bindings.ts";
import { tokenOf } from "./finding.ts";
import type { Actor, TokenView } from "./registry/types.ts";
import { doneBy } from "./usage/asking.ts";

/**
 * Ends a token's open streams and sockets, and writes it down.
 *
 * @returns the token, and how many long ones were told at once; see `ControlApi.endStreams`
 * @throws ProblemError 404 where there is no such token, 503 where the gateway doesn't answer
 */
export async function endStreams(
  { gateway, registry }: Pick<AdminBindings, "gateway" | "registry">,
  id: string,
  actor: Actor,
): Promise<{ token: TokenView; ended: number }> {
  const token = await tokenOf(registry, id);
  const ended = await doneBy(gateway.endStreams(id));
  await registry.noteStreamsEnded(id, ended, actor);
  return { token, ended };
}
