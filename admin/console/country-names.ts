const NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

/**
 * A country's name in English.
 *
 * @param code ISO 3166-1 alpha-2
 */
export function countryName(code: string): string {
  try {
    return NAMES.of(code) ?? code;
  } catch {
    // Not of the form of a code.
    return code;
  }
}
