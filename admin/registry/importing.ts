import { checkRecord, type TokenRecord } from "../../shared/record.ts";
import { isTokenId } from "../../shared/token.ts";
import { noteKey } from "./keys.ts";
import { enqueue } from "./outbox.ts";
import { liveSecrets, nextRecord } from "./records.ts";
import { importSettings, isSettingName } from "./settings.ts";
import type { RebuildReport } from "./reports.ts";
import { findToken, labelTaken, saveToken, secretUsed } from "./tokens.ts";

function readValue(hash: string, text: string | null): TokenRecord | null {
  if (text === null) return null;
  try {
    const record = checkRecord(JSON.parse(text));
    if (record === null || !isTokenId(record.id)) return null;
    // A value that doesn't name its own key's hash isn't that key's, however well it reads.
    return record.secrets.some((secret) => secret.hash === hash) ? record : null;
  } catch {
    return null;
  }
}

/** Takes secrets that belong to another token out of a record: a secret opens one token only. */
function withoutForeign(sql: SqlStorage, record: TokenRecord): TokenRecord {
  const own = record.secrets.filter(({ hash }) => (secretUsed(sql, hash) ?? record.id) === record.id);
  return { ...record, secrets: own };
}

const opens = (record: TokenRecord, hash: string, now: number): boolean =>
  liveSecrets(record, now).some((secret) => secret.hash === hash);

/** Queues the token of a KV key that stands there wrongly or with an old value: publishing puts it right. */
function mend(sql: SqlStorage, hash: string, tokenId: string, now: number): void {
  noteKey(sql, hash, tokenId);
  enqueue(sql, secretUsed(sql, hash) ?? tokenId, ["kv"], now);
}

function save(sql: SqlStorage, found: TokenRecord, report: RebuildReport, now: number): void {
  const record = withoutForeign(sql, found);
  if (record.state === "deleted" || !labelTaken(sql, record.label, record.id)) {
    saveToken(sql, record);
    return;
  }
  // Losing a token would be worse than an odd label.
  report.renamed++;
  saveToken(sql, nextRecord(record, { label: `${record.label} (${record.id})` }, now));
  enqueue(sql, record.id, ["gateway", "kv"], now);
}

/**
 * Takes what KV holds under one key into the registry, where the registry doesn't know better. Counts it in the report.
 *
 * @param hash the key
 * @param text the value; null where it went away
 * @param now ms since 1970
 */
export function importKey(
  sql: SqlStorage,
  hash: string,
  text: string | null,
  report: RebuildReport,
  now: number,
): void {
  if (isSettingName(hash)) {
    importSettings(sql, hash, text, report, now);
    return;
  }
  const found = readValue(hash, text);
  if (found === null) {
    report.unreadable++;
    return;
  }
  const known = findToken(sql, found.id);
  // KV is a cache: a value that is old there never takes back what the owner said since.
  if (known !== null && known.version >= found.version) {
    report.kept++;
    if (known.version > found.version || !opens(known, hash, now)) mend(sql, hash, known.id, now);
    return;
  }
  save(sql, found, report, now);
  report[known === null ? "added" : "updated"]++;
  // Another key of the same token may hold the older value that the registry had until now.
  if (known !== null) mend(sql, hash, found.id, now);
}

/** Counts a KV key in the report, and queues its removal where it opens nothing any more. */
export function lookAtKey(sql: SqlStorage, hash: string, report: RebuildReport, now: number): void {
  if (isSettingName(hash)) return;
  const owner = secretUsed(sql, hash);
  const record = owner === null ? null : findToken(sql, owner);
  if (record === null) report.unknown++;
  else if (!opens(record, hash, now)) mend(sql, hash, record.id, now);
}
