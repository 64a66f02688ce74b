import { noSuchToken } from "./api/problem.ts";
import type { RegistryApi } from "./registry/api.ts";
import type { TokenView } from "./registry/types.ts";

/**
 * Finds a token that the owner has asked for, a deleted one too.
 *
 * @throws ProblemError 404 where there never was one of that id
 */
export async function tokenOf(registry: Pick<RegistryApi, "findToken">, id: string): Promise<TokenView> {
  const token = await registry.findToken(id);
  if (token === null) throw noSuchToken();
  return token;
}
