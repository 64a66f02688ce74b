import { withDeadline } from "../../shared/deadline.ts";
import type { TokenActivity, UsageReport } from "../../shared/usage.ts";
import { dayOf } from "../calendar.ts";
import { guardName } from "../guard/guard.ts";
import { log } from "../log.ts";
import { Refused } from "../refusals.ts";
import type { Holder } from "./holder.ts";
import type { Visit } from "./visit.ts";

const DEADLINE_MS = 3_000;
/** For how long, in ms, the guard's word is told again: asking without end costs no more than a question a second. */
const FRESH_MS = 1_000;
/** How many tokens' facts an isolate remembers. */
const MEMORY_SIZE = 200;

/** What a guard tells of its token. */
export interface Told {
  at: number;
  activity: TokenActivity;
  usage: UsageReport;
}

/** By token id. */
const recent = new Map<string, Told>();

/** Forgets everything; for tests. */
export function forgetFacts(): void {
  recent.clear();
}

/** This month up to now, UTC. */
export const monthOf = (now: number): { from: string; to: string } => {
  const to = dayOf(now);
  return { from: `${to.slice(0, 7)}-01`, to };
};

/**
 * Asks a token's guard how it stands, and what it used this month.
 *
 * @throws Refused `token_check_unavailable` where the guard can't be asked
 */
export async function askGuard({ record }: Holder, { bindings, now }: Visit): Promise<Told> {
  const known = recent.get(record.id);
  if (known !== undefined && now - known.at >= 0 && now - known.at < FRESH_MS) return known;
  const guard = bindings.guards.getByName(guardName(record.id));
  const query = { tokenId: record.id, ...monthOf(now), group: "model" } as const;
  try {
    const [activity, usage] = await withDeadline(
      Promise.all([guard.activity(), guard.usage(query)]),
      DEADLINE_MS,
      "guard",
    );
    const told = structuredClone({ at: now, activity, usage });
    recent.delete(record.id);
    recent.set(record.id, told);
    for (const oldest of recent.keys()) if (recent.size > MEMORY_SIZE) recent.delete(oldest);
    return told;
  } catch (error) {
    log("warn", "guard_failed", { reason: String(error) });
    throw new Refused({ code: "token_check_unavailable" });
  }
}
