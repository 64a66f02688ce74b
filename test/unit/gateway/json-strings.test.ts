import { describe, it } from "vitest";
import { rewriteStrings } from "../../../gateway/json-strings.ts";

const shout = (text: string, suffix: readonly string[]): string =>
  rewriteStrings(text, suffix, (value) => value.toUpperCase());

describe("strings of a JSON text", () => {
  for (const [name, text, changed] of [
    ["at the top", '{"url":"a"}', '{"url":"A"}'],
    ["in lists, each of them", '{"data":[{"url":"a"}, {"url" : "b"}]}', '{"data":[{"url":"A"}, {"url" : "B"}]}'],
    [
      "spaces, numbers, doubled keys and escapes around them stay",
      '\ufeff{ "n" : 12345678901234567890.10,\r\n\t"e":"\\u00e9\\/\\"", "n":1,"url":\n"a" }\n',
      '\ufeff{ "n" : 12345678901234567890.10,\r\n\t"e":"\\u00e9\\/\\"", "n":1,"url":\n"A" }\n',
    ],
    ["escaped keys are keys", '{"\\u0075rl":"a"}', '{"\\u0075rl":"A"}'],
    ["escaped values are read", '{"url":"a\\/b\\u0063"}', '{"url":"A/BC"}'],
    ["a quote at a value's end is no end", '{"url":"a\\"b\\\\","x":"c"}', '{"url":"A\\"B\\\\","x":"c"}'],
    ["a list of strings is no string", '{"url":["a"]}', '{"url":["a"]}'],
    ["a key of the name is no value", '{"url":{"url2":"a"},"x":{"url":1}}', '{"url":{"url2":"a"},"x":{"url":1}}'],
    [
      "text that looks like JSON",
      '{"x":"\\"url\\":\\"a\\"","y":"{\\"url\\":"}',
      '{"x":"\\"url\\":\\"a\\"","y":"{\\"url\\":"}',
    ],
    ["a value that is a name", '{"x":"url","y":"a"}', '{"x":"url","y":"a"}'],
    ["a list's items after an object", '[{"url":"a"},"url","b"]', '[{"url":"A"},"url","b"]'],
    ["null, and none at all", '{"url":null}', '{"url":null}'],
    ["no JSON", "<html>url</html>", "<html>url</html>"],
    ["JSON that was cut", '{"url":"a","x":"', '{"url":"A","x":"'],
    ["brackets that don't match", '}]},"url":"a"', '}]},"url":"a"'],
    ["an escape that is none", '{"url":"\\x"}', '{"url":"\\x"}'],
    ["nothing", "", ""],
  ] as const) {
    it(`of ${name}`, ({ expect }) => {
      expect(shout(text, ["url"])).toBe(changed);
    });
  }

  it("are found by all keys of the suffix", ({ expect }) => {
    const text = '{"uri":"a","video":{"uri":"b","x":{"uri":"c"},"uri":"d"},"video":[{"uri":"e"}],"videos":{"uri":"f"}}';
    expect(shout(text, ["video", "uri"])).toBe(text.replace('"b"', '"B"').replace('"d"', '"D"'));
  });

  it("stay where the change says so", ({ expect }) => {
    const text = '{"url":"a\\/b"}';
    expect(rewriteStrings(text, ["url"], () => null)).toBe(text);
  });

  it("take time in proportion to their length, whatever they hold", ({ expect }) => {
    for (const part of ["\\\\", '\\"', "a", '","', "[", "{", '"url":']) {
      const text = `{"x":"${part.repeat(200_000)}","url":"a"}`;
      const before = Date.now();
      expect(shout(text, ["url"]).length).toBe(text.length);
      expect(Date.now() - before).toBeLessThan(2_000);
    }
  });
});
