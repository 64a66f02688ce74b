import { describe, it } from "vitest";
import {
  claimedId,
  generateClaim,
  generateToken,
  isTokenId,
  newTokenId,
  tokenShape,
  typedTokenProblem,
} from "../../../shared/token.ts";

describe("generated tokens", () => {
  it("are dg_, ten characters of id, 32 of secret and six of checksum", ({ expect }) => {
    const id = newTokenId();
    const token = generateToken(id);
    expect(token).toMatch(/^dg_[0-9A-Za-z]{48}$/);
    expect(isTokenId(id)).toBe(true);
    expect(tokenShape(token)).toEqual({ kind: "generated", id });
  });

  it("are never the same twice", ({ expect }) => {
    const tokens = new Set(Array.from({ length: 500 }, () => generateToken("0123456789")));
    expect(tokens.size).toBe(500);
  });

  it("use every character of the alphabet", ({ expect }) => {
    const seen = new Set(Array.from({ length: 200 }, () => generateToken(newTokenId()).slice(13, 45)).join(""));
    expect(seen.size).toBe(62);
  });

  it("are refused when any one character differs", ({ expect }) => {
    const token = generateToken(newTokenId());
    for (let place = 3; place < token.length; place++) {
      const other = token.charAt(place) === "a" ? "b" : "a";
      expect(tokenShape(token.slice(0, place) + other + token.slice(place + 1))).toBeNull();
    }
  });

  it("have a checksum that others can compute: CRC-32 in base62, most significant digit first", ({ expect }) => {
    // crc32("dg_" + 42 zeros) computed with Python's zlib.crc32.
    expect(tokenShape(`dg_${"0".repeat(42)}13YDHL`)).toEqual({ kind: "generated", id: "0000000000" });
  });
});

describe("secrets of claim links", () => {
  it("are dgc_, the token's id, 32 of secret and six of checksum, and no tokens", ({ expect }) => {
    const id = newTokenId();
    const secret = generateClaim(id);
    expect(secret).toMatch(/^dgc_[0-9A-Za-z]{48}$/);
    expect(claimedId(secret)).toBe(id);
    expect(tokenShape(secret)).toBeNull();
    expect(claimedId(generateToken(id))).toBeNull();
    expect(new Set(Array.from({ length: 200 }, () => generateClaim(id))).size).toBe(200);
  });

  it("are refused when any one character differs", ({ expect }) => {
    const secret = generateClaim(newTokenId());
    for (let place = 0; place < secret.length; place++) {
      const other = secret.charAt(place) === "a" ? "b" : "a";
      expect(claimedId(secret.slice(0, place) + other + secret.slice(place + 1))).toBeNull();
    }
    for (const text of ["", "dgc_", `${secret} `, ` ${secret}`, secret.slice(0, -1)])
      expect(claimedId(text)).toBeNull();
  });
});

describe("typed tokens", () => {
  it("are 16 to 256 characters that survive every slot", ({ expect }) => {
    expect(tokenShape("alice.and_bob-2026")).toEqual({ kind: "typed" });
    expect(typedTokenProblem("alice.and_bob-2026")).toBeNull();
  });

  for (const [text, problem] of [
    ["short", "A token needs at least 16 characters."],
    ["x".repeat(257), "A token has at most 256 characters."],
    ["sixteen characters with spaces", "A token may hold only letters, digits and the characters _ . -"],
    ["slash/in/the/middle", "A token may hold only letters, digits and the characters _ . -"],
    ["dg_something-typed-by-hand", "A token can't begin with dg_: tokens made by Doppelgate begin with it."],
    ["dgc_0123456789abcdef", "A token can't begin with dgc_: the secrets of claim links begin with it."],
    ["ek_0123456789abcdef", "A token can't begin with ek_: the OpenAI SDK takes it for an ephemeral key."],
    ["auth_tokens.0123456789", "A token can't begin with auth_tokens: the Gemini SDK takes it for an ephemeral token."],
    ["sk-ant-oat01-0123456789", "A token can't begin with sk-ant-oat: Anthropic clients take it for an OAuth token."],
  ] as const) {
    it(`refuses ${text.slice(0, 30)}`, ({ expect }) => {
      expect(typedTokenProblem(text)).toBe(problem);
      expect(tokenShape(text)).toBeNull();
    });
  }
});
