import { base64url } from "jose";
import { describe, it } from "vitest";
import { makeChallenge, readChallenge } from "../../../../admin/auth/challenges.ts";

const SECRET = "a secret of the owner";
const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const made = async () => base64url.encode(await makeChallenge(SECRET, "sign-in", NOW));

describe("a challenge", () => {
  it("counts for five minutes", async ({ expect }) => {
    const text = await made();
    expect(await readChallenge(SECRET, text, "sign-in", NOW)).toBe(NOW + 5 * MINUTE);
    expect(await readChallenge(SECRET, text, "sign-in", NOW + 5 * MINUTE - 1)).toBe(NOW + 5 * MINUTE);
    expect(await readChallenge(SECRET, text, "sign-in", NOW + 5 * MINUTE)).toBeNull();
  });

  it("is another one each time", async ({ expect }) => {
    expect(await made()).not.toBe(await made());
  });

  it("counts for what it was made for, under the secret that made it", async ({ expect }) => {
    const text = await made();
    expect(await readChallenge(SECRET, text, "confirm:x", NOW)).toBeNull();
    expect(await readChallenge(`${SECRET}!`, text, "sign-in", NOW)).toBeNull();
    const confirm = base64url.encode(await makeChallenge(SECRET, "confirm:one", NOW));
    expect(await readChallenge(SECRET, confirm, "confirm:one", NOW)).not.toBeNull();
    expect(await readChallenge(SECRET, confirm, "confirm:two", NOW)).toBeNull();
    expect(await readChallenge(SECRET, confirm, "register:one", NOW)).toBeNull();
  });

  it("can't be made to last, nor be written in another way", async ({ expect }) => {
    const bytes = base64url.decode(await made());
    for (let index = 0; index < bytes.length; index++) {
      const changed = bytes.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(await readChallenge(SECRET, base64url.encode(changed), "sign-in", NOW)).toBeNull();
    }
    const text = await made();
    for (const junk of ["", "x", `${text}=`, `${text}A`, text.slice(1), ` ${text}`, `${text.slice(0, -1)}*`]) {
      expect(await readChallenge(SECRET, junk, "sign-in", NOW)).toBeNull();
    }
  });
});
