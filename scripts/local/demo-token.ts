import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import { PROVIDERS } from "../../shared/providers.ts";
import { tokenShape } from "../../shared/token.ts";

async function call(url: string, init: RequestInit, session?: string): Promise<{ status: number; body: unknown }> {
  const headers = new Headers({ "content-type": "application/json" });
  if (session !== undefined) headers.set("authorization", `Bearer ${session}`);
  const response = await fetch(url, { ...init, headers });
  return { status: response.status, body: await response.json() };
}

function field(body: unknown, name: string): string {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  if (typeof value !== "string") throw new Error(`The admin answered without "${name}": ${JSON.stringify(body)}`);
  return value;
}

async function stillWorks(adminUrl: string, session: string, secret: string): Promise<boolean> {
  const shape = tokenShape(secret);
  if (shape?.kind !== "generated") return false;
  const { status, body } = await call(`${adminUrl}/api/tokens/${shape.id}`, {}, session);
  if (status !== 200 || typeof body !== "object" || body === null) return false;
  const token: unknown = Reflect.get(body, "token");
  return typeof token === "object" && token !== null && Reflect.get(token, "status") === "active";
}

const STEP_MS = 30_000;

/** Codes that count now, the oldest first: each works once, and a person at the sign-in page needs the newest. */
function codes(totpSecret: string): string[] {
  const totp = new TOTP({ secret: Secret.fromBase32(totpSecret.replaceAll(/[\s-]/g, "")) });
  return [-1, 0, 1].map((steps) => totp.generate({ timestamp: Date.now() + steps * STEP_MS }));
}

async function signIn(adminUrl: string, password: string, totpSecret: string | undefined): Promise<string> {
  const proofs = totpSecret === undefined ? [{ password }] : codes(totpSecret).map((totp) => ({ password, totp }));
  let answer: unknown;
  for (const proof of proofs) {
    const { status, body } = await call(`${adminUrl}/api/session`, { method: "POST", body: JSON.stringify(proof) });
    answer = body;
    if (status !== 401) break;
  }
  return field(answer, "token");
}

/**
 * A token to try the local run with, issued through the admin's API as any other. It is kept in a file between runs, since
 * the admin can't show a token twice; once the owner has disabled or deleted it, the next run issues a new one.
 *
 * @param adminUrl origin of the running admin
 * @param password its `ADMIN_SECRET`
 * @param totpSecret its `ADMIN_TOTP_SECRET`; undefined: it asks for no code
 * @param folder where a local run keeps its state
 * @throws where the admin refuses
 */
export async function demoToken(
  adminUrl: string,
  password: string,
  totpSecret: string | undefined,
  folder: string,
): Promise<string> {
  const session = await signIn(adminUrl, password, totpSecret);
  try {
    const file = join(folder, "demo-token");
    const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    if (kept !== "" && (await stillWorks(adminUrl, session, kept))) return kept;
    const label = `npm start, ${new Date().toISOString().slice(0, 19).replace("T", " ")}`;
    const created = await call(
      `${adminUrl}/api/tokens`,
      { method: "POST", body: JSON.stringify({ label, providers: PROVIDERS }) },
      session,
    );
    const secret = field(created.body, "secret");
    writeFileSync(file, secret, { mode: 0o600 });
    return secret;
  } finally {
    await call(`${adminUrl}/api/session`, { method: "DELETE" }, session);
  }
}
