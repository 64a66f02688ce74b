import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Ledger } from "./ledger.ts";

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);

/** All values of a database: in its file a value may be cut by the pages' ends. */
function rowsOf(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true, readBigInts: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables
      .flatMap(({ name }) => {
        const rows = database.prepare(`SELECT * FROM "${String(name)}"`).all();
        return rows.map((row) => `${String(name)}: ${Object.values(row).map(textOf).join(" | ")}`);
      })
      .join("\n");
  } finally {
    database.close();
  }
}

/**
 * Writes down everything that is stored, KV and Durable Objects: each file as its bytes are, and each database by its values.
 *
 * @param state the folder that workerd stores in
 * @returns names of the databases
 */
export function noteStorage(state: string, ledger: Ledger): string[] {
  // A copy: opening a database changes the files beside it.
  const copy = mkdtempSync(join(tmpdir(), "doppelgate-state-"));
  try {
    // Without the index of the write-ahead log: an old one would hide what was written since, a missing one is made anew.
    cpSync(state, copy, { recursive: true, filter: (path) => !path.endsWith("-shm") });
    const files = filesOf(copy);
    for (const file of files) {
      ledger.note("storage", `bytes of ${relative(copy, file)}`, readFileSync(file).toString("latin1"));
    }
    const databases = files.filter((file) => file.endsWith(".sqlite"));
    for (const file of databases) ledger.note("storage", `rows of ${relative(copy, file)}`, rowsOf(file));
    return databases.map((file) => dirname(relative(copy, file)));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
