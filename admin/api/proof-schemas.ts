import { z } from "@hono/zod-openapi";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Shown } from "../auth/signin.ts";
import { input, oneLine, text } from "./fields.ts";
import { type FieldError, invalidInput } from "./problem.ts";

// What the owner shows to prove who they are, and what makes a passkey: for the JSON API and the console's forms.

const MAX_PASSWORD = 1024;
const MAX_CODE = 32;
const MAX_NAME = 60;
// A credential's id has at most 1,023 bytes, and none of the other parts comes near this.
const MAX_PART = 16_384;
const NOT_A_PASSKEY = "This isn't what a browser answers when it is asked for a passkey.";

const part = () =>
  z
    .string(NOT_A_PASSKEY)
    .regex(/^[\w-]*$/, NOT_A_PASSKEY)
    .max(MAX_PART, NOT_A_PASSKEY);

// Not strict: a browser may say more about a passkey than is looked at here. The library looks at the rest.
const credential = { id: part(), rawId: part(), type: z.literal("public-key", NOT_A_PASSKEY) };

/** A passkey's answer, as `PublicKeyCredential.toJSON()` writes it. */
const assertion = z
  .object(
    {
      ...credential,
      response: z.object(
        {
          clientDataJSON: part(),
          authenticatorData: part(),
          signature: part(),
          userHandle: part().nullish(),
        },
        NOT_A_PASSKEY,
      ),
    },
    NOT_A_PASSKEY,
  )
  .transform(({ response: { userHandle, ...response }, ...rest }): AuthenticationResponseJSON => {
    const handle = userHandle ? { userHandle } : {};
    return { ...rest, response: { ...response, ...handle }, clientExtensionResults: {} };
  });

/** The answer of a browser that made a passkey. */
const registration = z
  .object(
    {
      ...credential,
      response: z.object(
        {
          clientDataJSON: part(),
          attestationObject: part(),
          transports: z
            .array(z.string().regex(/^[a-z-]{1,32}$/), NOT_A_PASSKEY)
            .max(8)
            .optional(),
        },
        NOT_A_PASSKEY,
      ),
    },
    NOT_A_PASSKEY,
  )
  .transform(({ response: { transports = [], ...response }, ...rest }): RegistrationResponseJSON => {
    return { ...rest, response: { ...response, transports }, clientExtensionResults: {} };
  });

const name = oneLine("name", MAX_NAME).openapi({ description: "What the owner calls it.", example: "My laptop" });

/** Body of a new passkey. */
export const passkeyInput = input({ name, response: registration }).openapi("PasskeyInput");

/** Body of a passkey's new name. */
export const passkeyPatch = input({ name }).openapi("PasskeyPatch");

interface Given {
  password?: string | undefined;
  totp?: string | undefined;
  passkey?: AuthenticationResponseJSON | undefined;
}

function oneProof({ password, totp, passkey }: Given, context: z.core.$RefinementCtx): void {
  const complain = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
  if (passkey === undefined && password === undefined) complain("password", "This field is missing.");
  if (passkey === undefined) return;
  if (password !== undefined) complain("password", "Send the password or the passkey, not both.");
  if (totp !== undefined) complain("totp", "A passkey needs no code; leave it out.");
}

/** Body of a sign-in, and of a proof that makes a session fresh. */
export const signInInput = input({
  password: text()
    .max(MAX_PASSWORD, `A password has at most ${MAX_PASSWORD} characters.`)
    .optional()
    .openapi({ format: "password" }),
  totp: text()
    .max(MAX_CODE, "A code has six digits.")
    .optional()
    .openapi({ description: "The authenticator's code, where ADMIN_TOTP_SECRET is set.", example: "123456" }),
  passkey: assertion.optional(),
})
  .superRefine(oneProof)
  .openapi("SignIn");

/**
 * What is wrong with whether there is a code, whatever the password; null: nothing.
 *
 * @param asked whether `ADMIN_TOTP_SECRET` is set
 */
function codeProblem({ totp, passkey }: Given, asked: boolean): FieldError | null {
  if (passkey !== undefined) return null;
  if (asked && (totp === undefined || totp.trim() === "")) {
    return { field: "totp", message: "Type the code of your authenticator too." };
  }
  // An owner who sends one thinks that it is asked for.
  if (!asked && totp !== undefined) {
    return { field: "totp", message: "No code is asked for: ADMIN_TOTP_SECRET isn't set. Leave it out." };
  }
  return null;
}

/**
 * What is shown by an input that has passed `signInInput`.
 *
 * @param asked whether a code is asked for
 * @throws ProblemError where the code is missing, or sent though nobody asks for one
 */
export function shownBy(given: Given, asked: boolean): Shown {
  const problem = codeProblem(given, asked);
  if (problem !== null) throw invalidInput([problem]);
  const { passkey, password = "", totp = "" } = given;
  return passkey === undefined ? { password, totp } : { passkey };
}
