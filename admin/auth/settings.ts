import { type AccessSettings, readAccessSettings } from "./access-settings.ts";
import { readTotpSecret } from "./totp.ts";

const MINUTE = 60_000;
const IDLE_MINUTES = { default: 120, min: 5, max: 720 };

/** How the owner signs in, beside the password. */
export interface SignInSettings {
  /** The key of the time-based codes; null: no code is asked for. */
  totp: Uint8Array | null;
  /** Null: Cloudflare Access isn't used. */
  access: AccessSettings | null;
  /** How long a session lasts without a request, in ms. */
  idleMs: number;
}

/** Something in the environment that isn't as it has to be, so that the admin stays shut. */
export interface SetupFault {
  /** Names the setting and says what is wrong. It never repeats a secret. */
  message: string;
  /** What puts it right, to run in a shell; null: `wrangler.admin.toml` does. */
  command: string | null;
}

/** What the platform passed, unchecked. */
export interface SignInEnvironment {
  ADMIN_TOTP_SECRET?: unknown;
  ACCESS_TEAM_DOMAIN?: unknown;
  ACCESS_AUD?: unknown;
  ADMIN_IDLE_MINUTES?: unknown;
}

/** `wrangler` on a secret of the admin. */
export const secretCommand = (action: "put" | "delete", name: string): string =>
  `npx wrangler secret ${action} ${name} -c wrangler.admin.toml`;

function readIdle(value: unknown): number | null {
  if (value === undefined || value === "") return IDLE_MINUTES.default * MINUTE;
  const minutes = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  const isIn = Number.isInteger(minutes) && minutes >= IDLE_MINUTES.min && minutes <= IDLE_MINUTES.max;
  return isIn ? minutes * MINUTE : null;
}

/**
 * Reads how the owner signs in. What is set but can't be understood is a fault and never left out: an owner who set a
 * second lock must not find the door open without it.
 */
export function readSignInSettings(env: SignInEnvironment): { settings: SignInSettings; faults: SetupFault[] } {
  const faults: SetupFault[] = [];
  const totp = env.ADMIN_TOTP_SECRET === undefined ? null : readTotpSecret(env.ADMIN_TOTP_SECRET);
  if (totp === null && env.ADMIN_TOTP_SECRET !== undefined) {
    const message =
      "ADMIN_TOTP_SECRET isn't a secret for time-based codes: it has to be base32 (A–Z and 2–7), 26 characters or more. " +
      "Set it anew, or take it away to sign in without a code.";
    faults.push({ message, command: secretCommand("put", "ADMIN_TOTP_SECRET") });
  }
  const access = readAccessSettings(env.ACCESS_TEAM_DOMAIN, env.ACCESS_AUD);
  if (typeof access === "string") faults.push({ message: access, command: null });
  const idleMs = readIdle(env.ADMIN_IDLE_MINUTES);
  if (idleMs === null) {
    const message = `ADMIN_IDLE_MINUTES has to be a whole number from ${IDLE_MINUTES.min} to ${IDLE_MINUTES.max}.`;
    faults.push({ message, command: null });
  }
  const settings = { totp, access: typeof access === "string" ? null : access, idleMs: idleMs ?? 0 };
  return { settings, faults };
}
