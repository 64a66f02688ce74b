import { addAudit } from "./audit.ts";
import { spend } from "./proofs.ts";
import type { AuditAction, AuditChanges } from "./reports.ts";
import type { Actor, Outcome, Refusal } from "./types.ts";

/** More aren't kept: nobody has so many devices, and the page stays readable. */
export const MAX_PASSKEYS = 20;

/** A passkey as it is stored. Times are ms since 1970. */
export interface Passkey {
  /** The credential's id, base64url. */
  id: string;
  /** What the owner calls it. */
  name: string;
  /** The hostname of the admin that it works at, which is its relying party id. */
  host: string;
  /** COSE, base64url. */
  publicKey: string;
  /** Binds it to `ADMIN_SECRET`; see `sealOf` in `admin/auth/passkey-keys.ts`. */
  seal: string;
  /** What its authenticator has counted to; 0 where it doesn't count. */
  counter: number;
  /** How browsers reach it, such as `internal` or `usb`. */
  transports: string[];
  /** Whether it is in a keychain that outlives the device. */
  backedUp: boolean;
  createdAt: number;
  /** Null: never. */
  lastUsedAt: number | null;
}

type Row = {
  id: string;
  name: string;
  host: string;
  public_key: string;
  seal: string;
  counter: number;
  transports: string;
  backed_up: number;
  created_at: number;
  last_used_at: number | null;
};

// The cast: only addPasskey writes this table.
const toPasskey = (row: Row): Passkey => ({
  id: row.id,
  name: row.name,
  host: row.host,
  publicKey: row.public_key,
  seal: row.seal,
  counter: row.counter,
  transports: JSON.parse(row.transports) as string[],
  backedUp: row.backed_up === 1,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

const refuse = (kind: Refusal["kind"], field: string | null, message: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { kind, field, message },
});
const MISSING = refuse("missing", null, "There is no passkey of that id.");
const KNOWN = refuse("taken", null, "This passkey is here already.");
const NAMED = refuse("taken", "name", "Another passkey has this name. Choose another one.");
const SPENT = refuse("used", null, "This was sent once already. Begin again.");
const FULL = refuse("full", null, `There are ${MAX_PASSKEYS} passkeys. Remove one that you don't use.`);

/** Finds a passkey by its credential's id. */
export function findPasskey(sql: SqlStorage, id: string): Passkey | null {
  const [row] = sql.exec<Row>("SELECT * FROM passkeys WHERE id = ?", id).toArray();
  return row === undefined ? null : toPasskey(row);
}

/** All passkeys, the oldest first. */
export function listPasskeys(sql: SqlStorage): Passkey[] {
  return sql.exec<Row>("SELECT * FROM passkeys ORDER BY created_at, id").toArray().map(toPasskey);
}

const isNamed = (sql: SqlStorage, name: string, butFor: string): boolean =>
  listPasskeys(sql).some((one) => one.name === name && one.id !== butFor);

/** Writes a new passkey and uses up the challenge that it was made for. */
export function addPasskey(
  sql: SqlStorage,
  passkey: Passkey,
  challenge: { text: string; endsAt: number },
  actor: Actor,
  now: number,
): Outcome<Passkey> {
  if (findPasskey(sql, passkey.id) !== null) return KNOWN;
  if (isNamed(sql, passkey.name, passkey.id)) return NAMED;
  if (listPasskeys(sql).length >= MAX_PASSKEYS) return FULL;
  if (!spend(sql, `challenge:${challenge.text}`, challenge.endsAt, now)) return SPENT;
  sql.exec(
    `INSERT INTO passkeys (id, name, host, public_key, seal, counter, transports, backed_up, created_at, last_used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`,
    passkey.id,
    passkey.name,
    passkey.host,
    passkey.publicKey,
    passkey.seal,
    passkey.counter,
    JSON.stringify(passkey.transports),
    passkey.backedUp ? 1 : 0,
    now,
  );
  return noted(sql, "passkey.add", passkey.id, { passkey: { before: null, after: passkey.name } }, actor, now);
}

function noted(
  sql: SqlStorage,
  action: AuditAction,
  id: string,
  changes: AuditChanges,
  actor: Actor,
  now: number,
): Outcome<Passkey> {
  addAudit(sql, actor, action, null, changes, now);
  const passkey = findPasskey(sql, id);
  return passkey === null ? MISSING : { ok: true, value: passkey };
}

/** Gives a passkey another name. Refused as `missing` or `taken`. */
export function renamePasskey(sql: SqlStorage, id: string, name: string, actor: Actor, now: number): Outcome<Passkey> {
  const before = findPasskey(sql, id);
  if (before === null) return MISSING;
  if (isNamed(sql, name, id)) return NAMED;
  if (before.name === name) return { ok: true, value: before };
  sql.exec("UPDATE passkeys SET name = ? WHERE id = ?", name, id);
  return noted(sql, "passkey.rename", id, { passkey: { before: before.name, after: name } }, actor, now);
}

/** Removes a passkey: it opens nothing any more. Refused as `missing`. */
export function removePasskey(sql: SqlStorage, id: string, actor: Actor, now: number): Outcome<null> {
  const before = findPasskey(sql, id);
  if (before === null) return MISSING;
  sql.exec("DELETE FROM passkeys WHERE id = ?", id);
  addAudit(sql, actor, "passkey.remove", null, { passkey: { before: before.name, after: null } }, now);
  return { ok: true, value: null };
}
