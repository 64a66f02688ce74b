/**
 * What an address or a form says of the list's filter. A form sends its empty fields too; to the schema they aren't there.
 *
 * @param of reads a field
 */
export function filterFields(of: (name: string) => string | null | undefined) {
  const field = (name: string): string | undefined => of(name) || undefined;
  return { query: field("query"), status: field("status"), provider: field("provider"), policy: field("policy") };
}
