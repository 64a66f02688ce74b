import type { AdminBindings } from "../bindings.ts";
import { ask, orNull } from "./asking.ts";

/**
 * Asks when the tokens of a page were last used. It never throws: a list of tokens works without.
 *
 * @param tokens at most 200
 * @returns a function that tells it of each, in ms since 1970; null: never, or the gateway doesn't answer
 */
export async function readLastUses(
  gateway: AdminBindings["gateway"],
  tokens: readonly { id: string }[],
): Promise<(token: { id: string }) => number | null> {
  if (tokens.length === 0) return () => null;
  const uses = orNull(await ask(gateway.tokenUses(tokens.map(({ id }) => id)))) ?? [];
  const told = new Map(uses.map(({ tokenId, lastUsedAt }) => [tokenId, lastUsedAt]));
  return ({ id }) => told.get(id) ?? null;
}
