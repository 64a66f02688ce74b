import { isProvider } from "../../shared/providers.ts";
import type { UsageRow, UsageRowPage } from "../../shared/usage.ts";

/** Where a page of rows ended: rows are in the order of these four. */
export type RowPlace = Pick<UsageRow, "day" | "tokenId" | "provider" | "model">;

/** Writes a place as text that only `readPlace` has to understand. */
export const writePlace = ({ day, tokenId, provider, model }: RowPlace): string =>
  JSON.stringify([day, tokenId, provider, model]);

/** Reads what `writePlace` wrote; null where it didn't write that. */
export function readPlace(text: string): RowPlace | null {
  try {
    const parts: unknown = JSON.parse(text);
    if (!Array.isArray(parts)) return null;
    const [day, tokenId, provider, model] = parts as unknown[];
    if (typeof day !== "string" || typeof tokenId !== "string" || typeof model !== "string") return null;
    return isProvider(provider) ? { day, tokenId, provider, model } : null;
  } catch {
    return null;
  }
}

/**
 * A page of rows.
 *
 * @param found one more than a page has, where there are so many: that tells whether there is a next one
 */
export function pageOf(found: readonly UsageRow[], limit: number): UsageRowPage {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? writePlace(last) : null };
}
