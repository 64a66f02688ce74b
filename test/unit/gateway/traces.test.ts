import { describe, it } from "vitest";
import { tokenFinder, unescaped } from "../../../gateway/traces.ts";
import { generateToken, newTokenId } from "../../../shared/token.ts";

const percent = (text: string): string =>
  Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join("");

const TYPED = "typed.token-of_the.owner";

describe("unescaped", () => {
  for (const [text, plain] of [
    ["a%20b", "a b"],
    ["%6Bey", "key"],
    ["%zz%6bey%", "%zzkey%"],
    ["%2561", "%61"],
    ["nothing", "nothing"],
  ] as const) {
    it(`${text} → ${plain}`, ({ expect }) => {
      expect(unescaped(text)).toBe(plain);
    });
  }
});

describe("a token is found", () => {
  const token = generateToken(newTokenId());
  const places: Record<string, (secret: string) => string> = {
    "as it is": (secret) => secret,
    "in the middle of something": (secret) => `https://page.example/?x=${secret}&y=1`,
    "percent-encoded": percent,
    "percent-encoded twice": (secret) => encodeURIComponent(percent(secret)),
    "percent-encoded beside a malformed escape": (secret) => `%zz${percent(secret)}%`,
    ...Object.fromEntries(
      ["", "a", "ab", "abc", "user:"].flatMap((before) =>
        ["", "z", "zz"].map((after) => [
          `in base64 between "${before}" and "${after}"`,
          (secret: string) => `x.${btoa(before + secret + after)}.y`,
        ]),
      ),
    ),
  };
  for (const [name, place] of Object.entries(places)) {
    it(`where it stands ${name}`, ({ expect }) => {
      expect(tokenFinder([token])(place(token))).toBe(true);
      expect(tokenFinder([token, TYPED])(place(TYPED))).toBe(true);
    });
  }

  it("in base64 for addresses, where that differs", ({ expect }) => {
    const secret = "abc_~~~".replaceAll("~", "o") + "_o_o_o_o_o_o";
    const text = btoa(`\xfb\xff${secret}`).replaceAll("+", "-").replaceAll("/", "_");
    expect(tokenFinder([secret])(text)).toBe(true);
  });

  it("where it is another holder's", ({ expect }) => {
    expect(tokenFinder([TYPED])(`note=${token}`)).toBe(true);
  });
});

describe("nothing is found", () => {
  for (const text of [
    "",
    "short",
    "application/json; charset=utf-8",
    "dg_tooShort",
    TYPED.slice(0, -1),
    btoa("typed"),
  ]) {
    it(`in ${JSON.stringify(text)}`, ({ expect }) => {
      expect(tokenFinder([TYPED])(text)).toBe(false);
    });
  }
});
