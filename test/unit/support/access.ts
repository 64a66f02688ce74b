import { exportJWK, generateKeyPair, type JWK, SignJWT, type CryptoKey } from "jose";
import { vi } from "vitest";
import { forgetAccessKeys } from "../../../admin/auth/access.ts";

export const TEAM = "https://fake-team.cloudflareaccess.com";
export const AUDIENCE = "0123456789abcdef".repeat(4);
/** The admin's vars where Access is set up. */
export const ACCESS_VARS = { ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUD: AUDIENCE };

/** A team of Cloudflare Access: its keys, and what it says about people. */
export class FakeAccess {
  /** How often the keys were fetched. */
  fetched = 0;
  /** What the address of the keys answers in their place; null: the keys. */
  failure: (() => Response | Promise<Response>) | null = null;
  #keys: { kid: string; privateKey: CryptoKey; jwk: JWK }[] = [];

  /** Starts the team, in the place of the network. End it by `vi.restoreAllMocks()`. */
  static async start(): Promise<FakeAccess> {
    forgetAccessKeys();
    const team = new FakeAccess();
    await team.rotate("first");
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
      const url = input instanceof Request ? input.url : String(input);
      if (url !== `${TEAM}/cdn-cgi/access/certs`) throw new Error(`Nobody is at ${url}.`);
      team.fetched++;
      if (team.failure !== null) return team.failure();
      const keys = team.#keys.map(({ jwk, kid }) => ({ ...jwk, kid, alg: "RS256", use: "sig" }));
      return Response.json({ keys, public_cert: { kid: "x", cert: "x" }, public_certs: [] });
    });
    return team;
  }

  /** Signs with a new key from now on; the one before still counts, older ones don't. */
  async rotate(kid: string): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    this.#keys = [{ kid, privateKey, jwk: await exportJWK(publicKey) }, ...this.#keys.slice(0, 1)];
  }

  get publicKey(): JWK {
    return this.#keys[0]?.jwk ?? {};
  }

  /** Says who a person is. `claims` replace those of an ordinary assertion; undefined leaves one out. */
  async assertion(claims: Record<string, unknown> = {}, now = Date.now()): Promise<string> {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("The team has no key.");
    const seconds = Math.floor(now / 1000);
    const ordinary = {
      aud: [AUDIENCE],
      email: "owner@example.com",
      iat: seconds,
      nbf: seconds,
      exp: seconds + 3600,
      iss: TEAM,
      type: "app",
      identity_nonce: "nonce",
      sub: "7335d417-61da-459d-899c-0a01c76a2f94",
      country: "CH",
    };
    const all = Object.fromEntries(
      Object.entries({ ...ordinary, ...claims }).filter(([, value]) => value !== undefined),
    );
    return new SignJWT(all).setProtectedHeader({ alg: "RS256", kid: key.kid }).sign(key.privateKey);
  }

  /** Says that a request is a service token's. */
  service(name = "program.access"): Promise<string> {
    return this.assertion({ sub: "", email: undefined, common_name: name });
  }
}
