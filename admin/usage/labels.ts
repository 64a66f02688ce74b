import type { AdminBindings } from "../bindings.ts";

/** Tells the labels of tokens by their id. */
export type Labels = ReadonlyMap<string, string>;

/**
 * Looks labels up in the registry, each once.
 *
 * @returns a function to call with the ids that are wanted next; it tells all that were found so far
 */
export function makeLabels(registry: AdminBindings["registry"]): (ids: readonly string[]) => Promise<Labels> {
  const known = new Map<string, string>();
  const asked = new Set<string>();
  return async (ids) => {
    const wanted = [...new Set(ids)].filter((id) => !asked.has(id));
    if (wanted.length === 0) return known;
    for (const id of wanted) asked.add(id);
    for (const [id, label] of Object.entries(await registry.tokenLabels(wanted))) known.set(id, label);
    return known;
  };
}
