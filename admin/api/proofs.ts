import type { ProofRefusal } from "../auth/signin.ts";
import { type Problem, ProblemError } from "./problem.ts";

/** What a refused program is told about how to sign in. */
export const CHALLENGE = { "www-authenticate": 'Bearer realm="doppelgate-admin"' };

const NOT_THE_PASSWORD = "This isn't the password.";
const NEITHER = "This isn't the password, or not the code of now. Each code works once: wait for the next one.";
const NOT_THE_PASSKEY =
  "This passkey doesn't open Doppelgate here: it isn't known, was added before ADMIN_SECRET was changed, or took longer than " +
  "5 minutes. Try again, or use the password.";

const WRONG: Record<(ProofRefusal & { kind: "wrong" })["by"], Omit<Problem, "status" | "headers">> = {
  password: {
    code: "wrong-password",
    title: "The password is wrong",
    detail: "This isn't the password. It is the value of the secret ADMIN_SECRET.",
    errors: [{ field: "password", message: NOT_THE_PASSWORD }],
  },
  // One answer for both: it tells nobody that they have guessed the password.
  "password-and-code": {
    code: "wrong-password-or-code",
    title: "The password or the code is wrong",
    detail: NEITHER,
    errors: [{ field: "password", message: NEITHER }],
  },
  passkey: {
    code: "wrong-passkey",
    title: "The passkey doesn't open this admin",
    detail: NOT_THE_PASSKEY,
    errors: [{ field: "passkey", message: NOT_THE_PASSKEY }],
  },
};

const tooManyTries = (seconds: number): Problem => ({
  status: 429,
  code: "throttled",
  title: "There were too many tries",
  detail: `Wait ${seconds === 1 ? "a second" : `${seconds} seconds`} before you try again.`,
  headers: { "retry-after": String(seconds) },
});

/** The problem of a proof that was refused. */
export function proofProblem(refusal: ProofRefusal): Problem {
  if (refusal.kind === "throttled") return tooManyTries(refusal.retryAfterSeconds);
  return { ...WRONG[refusal.by], status: 401, headers: CHALLENGE };
}

/** `proofProblem`, to throw. */
export const proofRefused = (refusal: ProofRefusal): ProblemError => new ProblemError(proofProblem(refusal));

/** The problem of something that passkeys can't do at the address that was asked. */
export const noPasskeysHere = (): ProblemError =>
  new ProblemError({
    status: 409,
    code: "no-passkeys-here",
    title: "There are no passkeys at this address",
    detail:
      "Browsers have passkeys only at https:// and a hostname, or at http://localhost. Open the admin at such an address.",
  });
