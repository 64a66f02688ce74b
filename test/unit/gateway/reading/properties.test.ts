import * as fc from "fast-check";
import { describe, it } from "vitest";
import type { Fields } from "../../../../gateway/reading/fields.ts";
import { SHARED_FRAMES, sharedFieldsOf } from "../../../../gateway/reading/fields.ts";
import { mayHold } from "../../../../gateway/reading/quick.ts";
import { scanJson } from "../../../../gateway/reading/scan.ts";
import { withUsage } from "../../../../gateway/reading/usage-option.ts";
import { walk } from "../../../../gateway/reading/walk.ts";

const TABLES = [
  ...(["chat", "responses", "messages", "generate", "images", "speech"] as const).map(sharedFieldsOf),
  ...Object.values(SHARED_FRAMES),
];
const NAMES = [...new Set(TABLES.flat().flatMap(({ names }) => names)), "input", "content", "x"];

const name = fc.constantFrom(...NAMES);
const leaf = fc.oneof(
  fc.constantFrom("item_reference", "image_generation_call", "files/f", "voices/v", "custom", "user_profile"),
  fc.constantFrom("https://generativelanguage.googleapis.com/v1beta/files/f", null, true, 1),
  fc.string(),
);
const { body } = fc.letrec<{ body: Fields; node: unknown }>((tie) => ({
  node: fc.oneof({ maxDepth: 5, depthSize: "small" }, leaf, fc.array(tie("node"), { maxLength: 3 }), tie("body")),
  body: fc.dictionary(name, tie("node"), { maxKeys: 4 }),
}));

/** Writes every character of a key as an escape, or as it is. */
const escaped = (text: string): string =>
  text.replaceAll(/"(\w+)":/g, (_whole, key: string) => {
    const codes = Array.from(key, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return `"${codes.join("")}" :`;
  });

describe("the search of a text", () => {
  it("misses nothing that judging finds, however it is written", ({ expect }) => {
    let found = 0;
    fc.assert(
      fc.property(fc.constantFrom(...TABLES), body, fc.boolean(), (rules, fields, escapes) => {
        const plain = JSON.stringify(fields, null, 1);
        const text = escapes ? escaped(plain) : plain;
        if (walk(JSON.parse(text), text.length, rules).shared === null) return;
        found++;
        expect(mayHold(text, rules)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    // Else the property would hold of nothing.
    expect(found).toBeGreaterThan(300);
  });
});

describe("the option that is added to a chat's body", () => {
  it("changes nothing else", ({ expect }) => {
    const options = fc.option(
      fc.oneof(fc.constant(null), fc.dictionary(fc.constantFrom("include_usage", "include_obfuscation"), fc.boolean())),
      { nil: undefined },
    );
    const spaces = fc.constantFrom(0, 1, "\t");
    const keys = fc.string().filter((key) => key !== "stream_options" && key !== "__proto__");
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), options, fc.boolean(), spaces, (fields, given, last, space) => {
        const own = given === undefined ? {} : { stream_options: given };
        const text = JSON.stringify(last ? { ...fields, ...own } : { ...own, ...fields }, null, space);
        const changed: Fields = JSON.parse(withUsage(text, given, scanJson(text)));
        const { stream_options: set, ...rest } = changed;
        expect(set).toEqual({ ...given, include_usage: true });
        expect(JSON.stringify(rest)).toBe(JSON.stringify(JSON.parse(JSON.stringify(fields))));
      }),
      { numRuns: 500 },
    );
  });
});
