// How names of models are matched. All names here are in lower case and without Google's `models/`.

/** A model's name as it is matched. */
export const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^models\//, "");

/**
 * What may follow a model's name without making it another model: dates, numbers of releases, channels. `-5` may not:
 * `claude-sonnet-5-5` isn't `claude-sonnet-5`. Nor may `-image` or `-lite`, which cost something else.
 * `customtools` is Google's word for a release of the same model at the same price.
 */
const RELEASE = /^(?:\d{2,})?(?:[-@:._](?:\d{2,}|latest|preview|exp|experimental|thinking|customtools|v\d+))*$/;
/** What may stand before it: a family (`omni-moderation`). */
const FAMILY = /^(?:[a-z]+-)?$/;

/** Tells whether one name is another's with no more than its release behind it. */
export const isReleaseOf = (name: string, base: string): boolean =>
  name.startsWith(base) && RELEASE.test(name.slice(base.length));

const compiled = new Map<string, RegExp>();

function regex(source: string): RegExp {
  const known = compiled.get(source) ?? new RegExp(source);
  compiled.set(source, known);
  return known;
}

// The data's own rules are open at their end: `gemini-3.6-flash` would price `gemini-3.6-flash-image` too. What isn't known
// stays unpriced here, so what is left open has to look like a release, but where the rule itself ends in the middle (`ft:…-`).
const leaves = (rest: string, rule: string): boolean => /[-@]$/.test(rule) || RELEASE.test(rest);

/** Each kind of rule, by the character in front of it (`BuiltRow.match`). */
const RULES: Record<string, (name: string, rule: string) => boolean> = {
  "=": (name, rule) => name === rule.toLowerCase(),
  "^": (name, rule) => name.startsWith(rule.toLowerCase()) && leaves(name.slice(rule.length), rule),
  "*": (name, rule) => {
    const at = name.indexOf(rule.toLowerCase());
    return at >= 0 && FAMILY.test(name.slice(0, at)) && leaves(name.slice(at + rule.length), rule);
  },
  $: (name, rule) => name.endsWith(rule.toLowerCase()) && FAMILY.test(name.slice(0, -rule.length)),
  "/": (name, rule) => regex(rule).test(name),
};

const follows = (name: string, rule: string): boolean => RULES[rule.charAt(0)]?.(name, rule.slice(1)) ?? false;

/** Tells whether a name matches any of a model's rules (`BuiltRow.match`). */
export function matches(name: string, rules: readonly (string | readonly string[])[]): boolean {
  return rules.some((rule) =>
    typeof rule === "string" ? follows(name, rule) : rule.every((part) => follows(name, part)),
  );
}
