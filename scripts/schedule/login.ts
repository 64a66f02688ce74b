import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Context, oneLine } from "./state.ts";

const run = promisify(execFile);

/** Time for `wrangler auth token`, which may have to renew the login over the network. */
const WRANGLER_TIMEOUT_MS = 60_000;

/** How requests are signed. Lives in memory only. */
export interface Login {
  headers: Record<string, string>;
  /** What must never be shown, whoever repeats it. */
  secrets: string[];
  /** Where it comes from, and what that means for a job that runs later. */
  origin: "environment" | "wrangler";
}

/** No login, for a reason that the owner can do something about. */
export class NoLogin extends Error {
  constructor(reason: string) {
    super(`No Cloudflare login: ${reason} Sign in with "npx wrangler login", or set CLOUDFLARE_API_TOKEN.`);
  }
}

/** Finds the owner's login: CLOUDFLARE_API_TOKEN, else whatever wrangler would use (its login, an API key, .env). */
export async function findLogin(context: Context): Promise<Login> {
  const token = context.env["CLOUDFLARE_API_TOKEN"]?.trim();
  if (token) return bearer(token, "environment");
  return fromWrangler(await askWrangler(context));
}

async function askWrangler(context: Context): Promise<string> {
  const wrangler = join(context.root, "node_modules", "wrangler", "bin", "wrangler.js");
  // Without its debug log and metrics: nothing about a login should be written or sent on account of a switch.
  const quiet = {
    WRANGLER_WRITE_LOGS: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    NO_COLOR: "1",
  };
  try {
    const { stdout } = await run(process.execPath, [wrangler, "auth", "token", "--json"], {
      cwd: context.root,
      env: { ...context.env, ...quiet },
      timeout: WRANGLER_TIMEOUT_MS,
    });
    return stdout;
  } catch (error) {
    throw new NoLogin(reasonOf(error));
  }
}

/** wrangler's own reason, without colours and frame. Its standard output, which would hold a token, is never looked at. */
function reasonOf(error: unknown): string {
  const stderr = typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr) : "";
  // oxlint-disable-next-line eslint/no-control-regex -- colour sequences begin with ESC
  const plain = stderr.replaceAll(/\u001B\[[\d;]*m/g, "");
  const line = plain.split("\n").find((candidate) => candidate.includes("[ERROR]")) ?? "";
  return oneLine(line.replace(/^.*\[ERROR\]\s*/, "")) || "`wrangler auth token` gave none.";
}

function fromWrangler(stdout: string): Login {
  const found = parse(stdout);
  if (typeof found["token"] === "string" && found["token"]) return bearer(found["token"], "wrangler");
  const { key, email } = found;
  if (typeof key === "string" && typeof email === "string") {
    const headers = { "x-auth-key": plain(key), "x-auth-email": plain(email) };
    return { headers, secrets: [key], origin: "wrangler" };
  }
  throw new NoLogin("`wrangler auth token --json` printed something unknown.");
}

function parse(stdout: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(stdout.slice(Math.max(0, stdout.indexOf("{"))));
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function bearer(token: string, origin: Login["origin"]): Login {
  return { headers: { authorization: `Bearer ${plain(token)}` }, secrets: [token], origin };
}

/** `fetch` refuses a header with other characters in it, and repeats the whole value in its message. */
function plain(secret: string): string {
  if (!/^[\u0021-\u007E]+$/.test(secret)) throw new NoLogin("the token has characters in it that no token has.");
  return secret;
}
