import { describe, it } from "vitest";
import { plainBody, readableCodings } from "../../../gateway/codings.ts";

// "provider" by Node's zlib: gzipSync, deflateSync, brotliCompressSync, zstdCompressSync; base64.
const CODED = {
  gzip: "H4sIAAAAAAAAAysoyi/LTEktAgCcc8SSCAAAAA==",
  "x-gzip": "H4sIAAAAAAAAAysoyi/LTEktAgCcc8SSCAAAAA==",
  deflate: "eJwrKMovy0xJLQIAD5oDbA==",
  br: "GwcA+CUAwpD4JQA=",
  zstd: "KLUv/SAIQQAAcHJvdmlkZXI=",
};

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const answerIn = (coding: string, bytes: Uint8Array): Response =>
  new Response(bytes, { headers: { "content-encoding": coding }, encodeBody: "manual" });

describe("a body that must be read", () => {
  for (const coding of ["gzip", "x-gzip", "deflate", "br"] as const) {
    it(`is undone from ${coding}`, async ({ expect }) => {
      const body = await plainBody(answerIn(coding, bytesOf(CODED[coding])));
      expect(await new Response(body).text()).toBe("provider");
    });
  }

  it("is read as it is where there is nothing to undo", async ({ expect }) => {
    expect(await new Response(await plainBody(new Response("provider"))).text()).toBe("provider");
    expect(await new Response(await plainBody(answerIn(" Identity ", bytesOf(btoa("provider"))))).text()).toBe(
      "provider",
    );
  });

  it("is none where nothing undoes it, or there is none", async ({ expect }) => {
    expect(await plainBody(answerIn("zstd", bytesOf(CODED.zstd)))).toBeNull();
    expect(await plainBody(answerIn("gzip, br", bytesOf(CODED.gzip)))).toBeNull();
    expect(await plainBody(new Response(null))).toBeNull();
  });
});

describe("accept-encoding keeps what can be undone", () => {
  for (const [accepted, kept] of [
    ["gzip, deflate", "gzip, deflate"],
    ["gzip, deflate, br, zstd", "gzip, deflate, br"],
    ["zstd,gzip,deflate,br", "gzip, deflate, br"],
    ["gzip;q=1.0, br;q=0.5, *;q=0.1", "gzip;q=1.0, br;q=0.5"],
    ["zstd", "identity"],
    ["gzipped", "identity"],
    ["", "identity"],
  ] as const) {
    it(`"${accepted}" → "${kept}"`, ({ expect }) => {
      expect(readableCodings(accepted)).toBe(kept);
    });
  }
});
