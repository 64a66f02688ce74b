import { describe, it, vi } from "vitest";
import { isSecret, signingKey } from "../../../../admin/auth/secret.ts";

const sign = async (secret: string) =>
  [...new Uint8Array(await crypto.subtle.sign("HMAC", await signingKey(secret), new Uint8Array(1)))].join();

describe("the password", () => {
  it("is right only when it is the secret, whole", async ({ expect }) => {
    expect(await isSecret("correct horse battery", "correct horse battery")).toBe(true);
    for (const wrong of ["", "correct horse batter", "correct horse battery ", "Correct horse battery", "\u0000"]) {
      expect(await isSecret(wrong, "correct horse battery")).toBe(false);
    }
  });

  it("is compared by hashes of one length, in a time that no guess changes", async ({ expect }) => {
    const compare = vi.spyOn(crypto.subtle, "timingSafeEqual");
    try {
      for (const guess of ["", "c", "correct horse batter", "x".repeat(1_000)])
        await isSecret(guess, "correct horse battery");
      // By construction, not by a stopwatch: once for each guess, and nothing of the guess itself.
      expect(compare.mock.calls.map((sides) => sides.map(({ byteLength }) => byteLength))).toEqual(
        Array.from({ length: 4 }, () => [32, 32]),
      );
    } finally {
      compare.mockRestore();
    }
  });
});

describe("the signing key", () => {
  it("can't be read out, and signs only", async ({ expect }) => {
    const key = await signingKey("correct horse battery");
    expect(key.extractable).toBe(false);
    expect(key.algorithm).toEqual({ name: "HMAC", hash: { name: "SHA-256" }, length: 256 });
  });

  it("is the same for the same secret, and another for another", async ({ expect }) => {
    expect(await sign("correct horse battery")).toBe(await sign("correct horse battery"));
    expect(await sign("correct horse battery")).not.toBe(await sign("correct horse battery!"));
  });
});
