import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { base64url } from "jose";
import type { Passkey } from "../registry/passkeys.ts";
import type { Proof } from "../registry/proofs.ts";
import { CHALLENGE_MS, makeChallenge, type Purpose, readChallenge } from "./challenges.ts";
import { isSealed, type PasskeyPlace, sealOf } from "./passkey-keys.ts";

// Loaded when a passkey is first asked for: it is a third of the admin's code, and most requests never need it.
const library = () => import("@simplewebauthn/server");

/** COSE's numbers of ES256, RS256 and EdDSA: what authenticators have. */
const ALGORITHMS = [-7, -257, -8];

// There is one owner. An authenticator that is added again replaces what it had, instead of offering two.
const USER = new Uint8Array(new TextEncoder().encode("doppelgate-owner"));
const USER_HANDLE = base64url.encode(USER);

/** What an authenticator needs to make a passkey, for the browser. */
export async function registrationOptions(
  secret: string,
  place: PasskeyPlace,
  known: readonly Passkey[],
  purpose: Purpose,
  now: number,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library();
  return generateRegistrationOptions({
    rpName: "Doppelgate",
    rpID: place.host,
    userName: "owner",
    userDisplayName: `Owner of ${place.host}`,
    userID: USER,
    challenge: await makeChallenge(secret, purpose, now),
    timeout: CHALLENGE_MS,
    // Whose make the authenticator is doesn't matter here, and isn't our business.
    attestationType: "none",
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** What an authenticator needs to prove that it has a passkey, for the browser. It names none: the owner chooses there. */
export async function assertionOptions(
  secret: string,
  place: PasskeyPlace,
  purpose: Purpose,
  now: number,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({
    rpID: place.host,
    challenge: await makeChallenge(secret, purpose, now),
    timeout: CHALLENGE_MS,
    userVerification: "required",
  });
}

/** A challenge that was found in an answer: its text, and when it ends in ms since 1970. */
interface Answered {
  text: string;
  endsAt: number;
}

/** For the library, which hands over the challenge that an answer holds; what was found is kept for the registry. */
function challengeReader(secret: string, purpose: Purpose, now: number) {
  let found: Answered | null = null;
  const check = async (text: string): Promise<boolean> => {
    const endsAt = await readChallenge(secret, text, purpose, now);
    if (endsAt !== null) found = { text, endsAt };
    return endsAt !== null;
  };
  return { check, found: (): Answered | null => found };
}

/** What the library holds every answer to. */
const expected = ({ origin, host }: PasskeyPlace, check: (challenge: string) => Promise<boolean>) => ({
  expectedChallenge: check,
  expectedOrigin: origin,
  expectedRPID: host,
  requireUserVerification: true,
});

/** What the library throws says only that the answer isn't right, and may quote it. */
async function orNothing<T>(verifying: Promise<T>): Promise<T | null> {
  try {
    return await verifying;
  } catch {
    return null;
  }
}

/**
 * Checks the answer of an authenticator that made a passkey.
 *
 * @param now ms since 1970
 * @returns what to store and the challenge to spend; null where anything about it is off
 */
export async function verifyRegistration(
  secret: string,
  place: PasskeyPlace,
  response: RegistrationResponseJSON,
  name: string,
  purpose: Purpose,
  now: number,
): Promise<{ passkey: Passkey; challenge: Answered } | null> {
  const { verifyRegistrationResponse } = await library();
  const challenge = challengeReader(secret, purpose, now);
  const result = await orNothing(
    verifyRegistrationResponse({
      response,
      ...expected(place, challenge.check),
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  const found = challenge.found();
  if (result === null || !result.verified || found === null) return null;
  const { credential, credentialBackedUp } = result.registrationInfo;
  const key = { id: credential.id, publicKey: base64url.encode(credential.publicKey) };
  const passkey = {
    ...key,
    name,
    host: place.host,
    seal: await sealOf(secret, key),
    counter: credential.counter,
    transports: credential.transports ?? [],
    backedUp: credentialBackedUp,
    createdAt: now,
    lastUsedAt: null,
  };
  return { passkey, challenge: found };
}

/**
 * Checks the answer of an authenticator that has a passkey.
 *
 * @param passkey the one that it names, as stored
 * @param now ms since 1970
 * @returns the proof, which the registry has yet to spend; null where anything about it is off
 */
export async function verifyAssertion(
  secret: string,
  place: PasskeyPlace,
  passkey: Passkey,
  response: AuthenticationResponseJSON,
  purpose: Purpose,
  now: number,
): Promise<Proof | null> {
  if (passkey.host !== place.host || !(await isSealed(secret, passkey))) return null;
  const { userHandle } = response.response;
  if (userHandle !== undefined && userHandle !== USER_HANDLE) return null;
  const { verifyAuthenticationResponse } = await library();
  const challenge = challengeReader(secret, purpose, now);
  const { id, counter, transports } = passkey;
  const result = await orNothing(
    verifyAuthenticationResponse({
      response,
      ...expected(place, challenge.check),
      credential: { id, publicKey: new Uint8Array(base64url.decode(passkey.publicKey)), counter, transports },
    }),
  );
  const found = challenge.found();
  if (result === null || !result.verified || found === null) return null;
  const { newCounter, credentialBackedUp } = result.authenticationInfo;
  return {
    by: "passkey",
    id,
    counter: newCounter,
    backedUp: credentialBackedUp,
    challenge: found.text,
    challengeEndsAt: found.endsAt,
  };
}
