import { describe, it } from "vitest";
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
