import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { PROVIDER_ROWS } from "../../gateway/providers.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";

/** How a local run is set up. */
export interface LocalSettings {
  /** Secrets and vars of the gateway, those of the fake provider not among them. */
  gatewayVars: Record<string, string>;
  adminSecret: string;
  /** Settings of the admin's sign-in. Cloudflare Access isn't among them: it never stands in front of a local run. */
  signInVars: Record<string, string>;
  /** Providers that have no key, so that a fake one stands in. */
  faked: Provider[];
}

const SIGN_IN_VARS = ["ADMIN_TOTP_SECRET", "ADMIN_IDLE_MINUTES"];

/** The admin password of local runs: made once, and kept beside the state that it opens. */
function keptSecret(folder: string): string {
  const file = join(folder, "admin-password");
  if (!existsSync(file)) writeFileSync(file, randomBytes(15).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/**
 * Reads `.dev.vars`, where it is present.
 *
 * @param root the project's folder
 * @param folder where a local run keeps its state
 */
export function readSettings(root: string, folder: string): LocalSettings {
  const file = join(root, ".dev.vars");
  const vars = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  const gatewayVars: Record<string, string> = {};
  for (const { keySecret, upstreamVar } of Object.values(PROVIDER_ROWS)) {
    for (const name of [keySecret, upstreamVar]) {
      const value = vars[name];
      if (value !== undefined && value !== "") gatewayVars[name] = value;
    }
  }
  return {
    gatewayVars,
    adminSecret: vars.ADMIN_SECRET || keptSecret(folder),
    signInVars: Object.fromEntries(
      SIGN_IN_VARS.flatMap((name) => {
        const value = vars[name];
        return value === undefined || value === "" ? [] : [[name, value]];
      }),
    ),
    faked: PROVIDERS.filter((provider) => gatewayVars[PROVIDER_ROWS[provider].keySecret] === undefined),
  };
}
