import { describe, it } from "vitest";
import { holds } from "./support/search.ts";

// A searcher that finds nothing proves nothing.

const SECRET = "Zq7kT3vW9xR2mB5nY8cJ4hL6pD1sGfA0";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const reversed = (text: string): string => text.split("").toReversed().join("");
const percent = (text: string): string => text.replaceAll(/./g, (one) => `%${one.codePointAt(0)?.toString(16)}`);
const escaped = (text: string): string =>
  text.replaceAll(/./g, (one) => `\\u${one.codePointAt(0)?.toString(16).padStart(4, "0")}`);

const HIDDEN: Readonly<Record<string, string>> = {
  "as it is": `Bearer ${SECRET}`,
  "in another case": SECRET.toLowerCase(),
  "in half": `Incorrect API key provided: ${SECRET.slice(0, 16)}***`,
  "its second half": `***${SECRET.slice(16)}`,
  "in base64": `Basic ${base64(SECRET)}`,
  "in base64, one byte later": base64(`:${SECRET}`),
  "in base64, two bytes later, with more behind": base64(`ab${SECRET}:password`),
  "in base64, by lines": base64(SECRET).replaceAll(/.{10}/g, "$&\r\n"),
  "in base64url": Buffer.from(`?>?>${SECRET}?>`).toString("base64url"),
  "percent-encoded": percent(SECRET),
  "percent-encoded twice": encodeURIComponent(percent(SECRET)),
  "in JSON's escapes": `{"key":"${escaped(SECRET)}"}`,
  "in JSON within JSON": JSON.stringify(JSON.stringify({ key: escaped(SECRET) })),
  "in HTML's entities": SECRET.replaceAll(/./g, (one) => `&#${one.codePointAt(0)};`),
  "in hex": Buffer.from(SECRET).toString("hex").toUpperCase(),
  "in hex with colons": Buffer.from(SECRET).toString("hex").replaceAll(/../g, "$&:"),
  backwards: reversed(SECRET),
  "backwards, in base64": base64(reversed(SECRET)),
  "in UTF-16": Buffer.from(SECRET, "utf16le").toString("latin1"),
  "over the border of two chunks": `5\r\n${SECRET.slice(0, 7)}\r\n1d\r\n${SECRET.slice(7)}\r\n0\r\n\r\n`,
  "over the borders of many": SECRET.split("").join("\r\n1\r\n"),
  "over lines and quotes": `"${SECRET.slice(0, 9)}" +\n "${SECRET.slice(9)}"`,
  "among bytes that are no text": `\0\xff\x80${SECRET}\xfe`,
};

describe("the searcher", () => {
  for (const [name, text] of Object.entries(HIDDEN)) {
    it(`finds a secret ${name}`, ({ expect }) => {
      expect(holds(`before ${text} after`, SECRET)).toBe(true);
    });
  }

  for (const [name, text] of [
    ["in another secret", "Bq7kT3vW9xR2mB6nY8cJ4hL6pD1sGfB0"],
    ["in a quarter of it", SECRET.slice(4, 12)],
    ["in its hash", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"],
    ["in nothing", ""],
  ] as const) {
    it(`finds none ${name}`, ({ expect }) => {
      expect(holds(text, SECRET)).toBe(false);
    });
  }

  it("refuses a secret that is too short not to be found by chance: it says so", ({ expect }) => {
    expect(() => holds("", "short")).toThrow("The secret is too short to be searched for.");
  });
});
