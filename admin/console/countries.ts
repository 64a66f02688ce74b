import { COUNTRY_CODES } from "../api/countries.ts";

// Countries by their English names, as CLDR has them: nobody has to know codes by heart.

/** Names that people type and CLDR doesn't have. */
const ALSO: Readonly<Record<string, string>> = {
  uk: "GB",
  greatbritain: "GB",
  usa: "US",
  unitedstatesofamerica: "US",
  turkey: "TR",
  czechrepublic: "CZ",
  ivorycoast: "CI",
  holland: "NL",
};

let names: Intl.DisplayNames | null = null;
let codes: ReadonlyMap<string, string> | null = null;

/** The English name of a country, from its code. */
export function countryName(code: string): string {
  names ??= new Intl.DisplayNames(["en"], { type: "region" });
  return names.of(code) ?? code;
}

/** All names, in alphabetical order. */
export const countryNames = (): string[] =>
  COUNTRY_CODES.map(countryName).toSorted((one, other) => one.localeCompare(other));

const folded = (text: string): string =>
  text
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");

/**
 * The code of a country.
 *
 * @param text its code or its English name, in any case and with or without accents
 * @returns null where there is none
 */
export function countryCode(text: string): string | null {
  const upper = text.toUpperCase();
  if (COUNTRY_CODES.includes(upper)) return upper;
  codes ??= new Map(COUNTRY_CODES.map((code) => [folded(countryName(code)), code]));
  const name = folded(text);
  return codes.get(name) ?? (Object.hasOwn(ALSO, name) ? (ALSO[name] ?? null) : null);
}
