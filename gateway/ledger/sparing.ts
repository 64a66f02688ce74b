import { log } from "../log.ts";

/**
 * Writes what only spares later looks some work: a look shows the same without it, so none fails where a day's rows are used up
 * or the storage is full.
 *
 * @param event the line of the log where it can't be written
 * @returns whether it was written
 */
export function spare(event: string, write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    log("warn", event, { reason: String(error) });
    return false;
  }
}
