import { apiBase, connect } from "./cloudflare.ts";
import { type JobFile, listJobs } from "./jobs.ts";
import { findLogin } from "./login.ts";
import { type Context, messageOf, oneLine } from "./state.ts";
import { describe, locate } from "./switch.ts";
import { isAwaited } from "./waiter.ts";
import { formatSpan, formatWhen } from "./when.ts";
import { type Label, LABELS } from "./workers.ts";

/** Prints the jobs, then how both Workers stand now, as far as the login lets one see. */
export async function list(context: Context): Promise<void> {
  const jobs = listJobs(context);
  if (jobs.length === 0) console.log("No jobs.");
  else for (const line of table([["ID", "WHEN", "WHAT", "STATE"], ...jobs.map(row)])) console.log(line);
  console.log("");
  for (const line of await standing(context)) console.log(line);
}

function row({ id, job, ...file }: JobFile): string[] {
  if (!job) return [id, "?", "?", "unreadable: ./schedule.sh cancel removes it"];
  const left = Date.parse(job.at) - Date.now();
  const when = `${formatWhen(new Date(job.at))}, ${left > 0 ? `in ${formatSpan(left)}` : `${formatSpan(-left)} ago`}`;
  const what = `${job.action} ${job.targets.map(({ label }) => label).join(" and ")}`;
  if (file.failed) return [id, when, what, `failed: ${oneLine(job.failure ?? "")}`];
  if (!isAwaited({ id, job, ...file })) return [id, when, what, "stopped: no process waits for it"];
  return [id, when, what, left > 0 ? `waiting (process ${file.owner})` : "due, being tried: see schedule.log"];
}

async function standing(context: Context): Promise<string[]> {
  try {
    const api = connect(await findLogin(context), apiBase(context.env));
    const one = async (label: Label): Promise<string> => {
      try {
        const { accountId, script } = await locate(context, api, label);
        return `${label}: ${describe(await api.read(accountId, script))} (${script})`;
      } catch (error) {
        return `${label}: unknown: ${messageOf(error)}`;
      }
    };
    return await Promise.all(LABELS.map(one));
  } catch (error) {
    return [`How the Workers stand now is unknown. ${messageOf(error)}`];
  }
}

function table(rows: string[][]): string[] {
  const width = (column: number): number => Math.max(...rows.map((cells) => cells[column]?.length ?? 0));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
}
