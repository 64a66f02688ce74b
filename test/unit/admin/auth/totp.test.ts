import { describe, it } from "vitest";
import { codeStep, readTotpSecret, totpSecret } from "../../../../admin/auth/totp.ts";

// The key and the codes of RFC 6238, appendix B, of which six digits count here.
const KEY = new TextEncoder().encode("12345678901234567890");
const VECTORS = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
] as const;

describe("a time-based code", () => {
  for (const [seconds, code] of VECTORS) {
    it(`is that of RFC 6238 at ${seconds} s`, ({ expect }) => {
      expect(codeStep(KEY, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
    });
  }

  it("counts one step early and one step late, and tells which step it is of", ({ expect }) => {
    const at = (step: number) => codeStep(KEY, "279037", step * 30_000);
    const step = Math.floor(2_000_000_000 / 30);
    expect([-2, -1, 0, 1, 2].map((more) => at(step + more))).toEqual([null, step, step, step, null]);
  });

  it("may be typed with spaces, and is nothing else than six digits", ({ expect }) => {
    const now = 59_000;
    expect(codeStep(KEY, " 287 082 ", now)).toBe(1);
    for (const code of ["", "28708", "2870822", "287O82", "287082.0", "٢٨٧٠٨٢", "0x4616a"]) {
      expect(codeStep(KEY, code, now)).toBeNull();
    }
  });
});

describe("a secret of codes", () => {
  it("is read as authenticators write it", ({ expect }) => {
    const base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (const text of [base32, base32.toLowerCase(), "gezd gnbv-gy3t qojq GEZD GNBV GY3T QOJQ", `${base32}======`]) {
      expect(readTotpSecret(text)).toEqual(KEY);
    }
  });

  it("is made at random, and its address is what authenticators scan", ({ expect }) => {
    const made = Array.from({ length: 20 }, () => totpSecret("admin.test").base32);
    expect(new Set(made).size).toBe(20);
    for (const base32 of made) expect(base32).toMatch(/^[A-Z2-7]{32}$/);
    const uri = new URL(totpSecret("admin.test", KEY).uri);
    expect([uri.protocol, uri.host, uri.pathname]).toEqual(["otpauth:", "totp", "/Doppelgate:admin.test"]);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: "Doppelgate",
      secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      algorithm: "SHA1",
      digits: "6",
      period: "30",
    });
  });
});
