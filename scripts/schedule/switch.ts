import type { Api, Subdomain } from "./cloudflare.ts";
import { ApiFailure } from "./failure.ts";
import { type Context, recall, remember } from "./state.ts";
import { type Label, readWorker, type Worker } from "./workers.ts";

export type Action = "enable" | "disable";

/** A Worker whose account is known. */
export type Target = Worker & { accountId: string };

/**
 * Reads the Worker's wrangler file and finds its account: the file's, else CLOUDFLARE_ACCOUNT_ID, else the login's only one. In this
 * order `wrangler deploy` decides where a Worker goes, so it is there.
 */
export async function locate(context: Context, api: Api, label: Label): Promise<Target> {
  const worker = readWorker(context.root, label);
  const known = worker.accountId ?? context.env["CLOUDFLARE_ACCOUNT_ID"]?.trim();
  if (known) return { ...worker, accountId: known };
  const accounts = await api.accounts();
  const [only] = accounts;
  if (only && accounts.length === 1) return { ...worker, accountId: only.id };
  const seen = accounts.map(({ id, name }) => `${id} (${name})`).join(", ");
  throw new ApiFailure(
    "refused",
    `which account? Set CLOUDFLARE_ACCOUNT_ID. This login sees ${accounts.length === 0 ? "none" : seen}`,
  );
}

/**
 * Switches one Worker's address and previews, and says what was done. `asOf` is when it should have happened.
 *
 * The state before is read only to remember the previews and to word the answer. Whether that works or not, the one call that
 * switches is made: switching off must not hang on anything else, and a repeated call does no harm.
 */
export async function switchWorker(
  context: Context,
  api: Api,
  target: Target,
  action: Action,
  asOf: Date,
): Promise<string> {
  const { accountId, script } = target;
  const before = await api.read(accountId, script).catch(() => undefined);
  const wanted = action === "enable" ? on(context, target, before) : { enabled: false, previews: false };
  if (action === "disable" && before && (before.enabled || before.previews)) {
    remember(context, accountId, script, { previews: before.previews });
  }
  await api.write(accountId, script, wanted);
  // Once on, Cloudflare knows best. A memory kept longer could bring back previews that the owner has ended since.
  const change = action === "enable" ? { previews: undefined } : {};
  remember(context, accountId, script, { ...change, asOf: asOf.toISOString() });
  const already = before !== undefined && before.enabled === wanted.enabled && before.previews === wanted.previews;
  return `${already ? "already " : "switched "}${describe(wanted)} (${script})`;
}

function on(context: Context, target: Target, before: Subdomain | undefined): Subdomain {
  if (before?.enabled || before?.previews) return { enabled: true, previews: before.previews };
  const { previews } = recall(context, target.accountId, target.script);
  // An address is switched on as it is switched off, previews included, unless it had none before.
  return { enabled: true, previews: previews ?? true };
}

/** `on, previews off`, `off, previews included`, … */
export function describe({ enabled, previews }: Subdomain): string {
  if (!enabled) return previews ? "off, but previews on" : "off, previews included";
  return previews ? "on, previews included" : "on, previews off";
}
