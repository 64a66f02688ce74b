/** Longer than anything that is looked for, so that nothing can be cut in two. */
const HELD_BACK = 512;

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/** Something to take out. Every pattern's length is bounded. */
interface Rule {
  pattern: string;
  /** The part of what was found that goes; left out: all of it. */
  part?: RegExp;
  replacement: string;
}

/** What tells whose account it is, in the error bodies of providers, each with an example. */
const ACCOUNT_RULES: readonly Rule[] = [
  // "Rate limit reached for gpt-… in organization org-AbC123 on tokens per min"
  { pattern: "\\borg-[A-Za-z0-9]{6,64}", replacement: "[organization]" },
  // "Project `proj_AbC123` does not have access to model"
  { pattern: "\\bproj_[A-Za-z0-9]{6,64}", replacement: "[project]" },
  // "consumer": "projects/123456789012"
  { pattern: "\\bprojects\\/[A-Za-z0-9-]{3,64}", replacement: "projects/[project]" },
  // "Generative Language API has not been used in project 123456789012 before", "project_number:123456789012"
  { pattern: "\\bproject(?:_number|_id)?[ :=]{1,3}\\d{6,20}", part: /\d+$/, replacement: "[project]" },
  // "your organization (01234567-89ab-…)", and the other way round
  { pattern: `\\borgani[sz]ation[^"]{1,40}?${UUID}`, part: new RegExp(UUID), replacement: "[organization]" },
  { pattern: `${UUID}[^"]{1,40}?organi[sz]ation`, part: new RegExp(UUID), replacement: "[organization]" },
  // "Incorrect API key provided: sk-ab***wxyz": first and last characters of the real key
  { pattern: "\\b[A-Za-z][A-Za-z0-9_-]{0,20}\\*{3,200}[A-Za-z0-9_-]{0,8}", replacement: "[provider key]" },
];

// One character for each byte and back, so that bytes that are no text survive. TextDecoder has no such encoding: its
// "latin1" is windows-1252.
const toText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const toBytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** What is looked for: the provider keys, and what tells the account. */
interface Sought {
  pattern: RegExp;
  replace: (text: string) => string;
}

/** By the list of keys, which is the same one for all requests to a provider. */
const known = new WeakMap<readonly string[], Sought>();

function soughtFor(keys: readonly string[]): Sought {
  const sought = known.get(keys) ?? newSought(keys);
  known.set(keys, sought);
  return sought;
}

function newSought(keys: readonly string[]): Sought {
  // The longest first: of two keys the one may be the beginning of the other.
  const longestFirst = keys.toSorted((one, other) => other.length - one.length);
  const keyRules = longestFirst.map((key) => ({ pattern: quoted(key), replacement: "[provider key]" }));
  const rules: readonly Rule[] = [...keyRules, ...ACCOUNT_RULES];
  const pattern = new RegExp(rules.map((rule) => `(${rule.pattern})`).join("|"), "g");
  const replace = (text: string): string =>
    text.replace(pattern, (found: string, ...groups: unknown[]) => {
      const rule = rules[groups.findIndex((group) => group !== undefined)];
      if (rule === undefined) return found;
      return rule.part === undefined ? rule.replacement : found.replace(rule.part, rule.replacement);
    });
  return { pattern, replace };
}

/**
 * Takes the provider keys, and what tells whose account it is, out of a text.
 *
 * @param keys all of the provider's, visible ASCII
 */
export const scrubText = (text: string, keys: readonly string[]): string => soughtFor(keys).replace(text);

/**
 * Takes the same out of a stream of bytes, also where it is split across chunks. For error bodies only: a suspended Gemini
 * key, for one, is answered with the whole key in clear.
 *
 * @param keys all of the provider's, visible ASCII, at most 512 characters each
 */
export function scrubber(keys: readonly string[]): TransformStream<Uint8Array, Uint8Array> {
  const { pattern, replace } = soughtFor(keys);
  let held = "";
  return new TransformStream({
    transform(chunk, controller) {
      held += toText(chunk);
      let sure = held.length - HELD_BACK;
      if (sure <= 0) return;
      // Something found across the border waits for the next chunk, whole.
      for (const { index, 0: found } of held.matchAll(pattern)) {
        if (index < sure && index + found.length > sure) sure = index;
      }
      if (sure > 0) controller.enqueue(toBytes(replace(held.slice(0, sure))));
      held = held.slice(sure);
    },
    flush(controller) {
      if (held !== "") controller.enqueue(toBytes(replace(held)));
    },
  });
}
