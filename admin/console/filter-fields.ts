import type { FieldError } from "../api/problem.ts";
import { anyDay, SPAN_FIELDS, timesFrom } from "./day-spans.ts";

/** What the list can be filtered by, by the names in its address and its forms; the zone is that of the days. */
export const FILTER_FIELDS = ["query", "status", "provider", "policy", ...SPAN_FIELDS, "zone"] as const;
/** The list's filter as an address or a form says it: what is empty there isn't here. */
export type FilterFields = Record<(typeof FILTER_FIELDS)[number], string | undefined>;

/**
 * What an address or a form says of the list's filter. A form sends its empty fields too; to the schema they aren't there.
 *
 * @param of reads a field
 */
export function filterFields(of: (name: string) => string | null | undefined): FilterFields {
  const fields = Object.fromEntries(FILTER_FIELDS.map((name) => [name, of(name) || undefined])) as FilterFields;
  return anyDay(fields) ? fields : { ...fields, zone: undefined };
}

/**
 * The filter as the schema takes it.
 *
 * @param errors gets what is wrong with the days
 */
export function matchFrom({ query, status, provider, policy, zone, ...days }: FilterFields, errors: FieldError[]) {
  return { query, status, provider, policy, ...timesFrom(days, zone ?? "", errors) };
}
