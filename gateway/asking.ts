import { DeadlineError, withDeadline } from "../shared/deadline.ts";
import type { TokenRecord } from "../shared/record.ts";
import type { RequestEntry } from "../shared/usage.ts";
import type { Later } from "./admission.ts";
import type { Bindings } from "./bindings.ts";
import { guardName } from "./guard/guard.ts";
import { log } from "./log.ts";
import type { Answer, Ask } from "./permits.ts";
import { Refused, tell } from "./refusals.ts";
import { grantLeased, takeAlong, tellGuard } from "./telling.ts";

/** How long a guard may take beyond the time in its queue, in ms. */
const DEADLINE_MS = 5_000;
/** A guard that restarts fails what it was asked; asked again with the same permit, it grants once. */
const TRIES = 2;

/** What is asked, without what goes along with it. */
export type Question = Omit<Ask, "settlements" | "returned">;

/** A guard's last word on an ask. */
type Final = Exclude<Answer, { answer: "older" }>;

const UNAVAILABLE = { code: "token_check_unavailable" } as const;

/** An ask that nobody answered. */
function unansweredEntry({ permit, at, provider, route, endpoint, model }: Question): RequestEntry {
  return {
    id: permit,
    at,
    provider,
    route,
    endpoint,
    model,
    status: tell(UNAVAILABLE).status,
    refusedBy: "gateway",
    code: UNAVAILABLE.code,
    error: "gateway",
    counts: null,
    raw: {},
    micros: null,
    estimated: false,
    ttfbMs: null,
    durationMs: Math.max(0, Date.now() - at),
  };
}

/** Asks once; of a guard that was told of an older record only, once more with the newer one. */
async function askOnce(bindings: Bindings, record: TokenRecord, ask: Question, later: Later): Promise<Final> {
  const forMs = (record.limits?.queueSeconds ?? 0) * 1_000 + DEADLINE_MS;
  const guard = bindings.guards.getByName(guardName(record.id));
  const along = takeAlong(bindings, record.id, forMs, later);
  const { settlements, returned } = along;
  let wereTold = false;
  try {
    const answer = await withDeadline<Answer>(guard.admit({ ...ask, settlements, returned }), forMs, "guard");
    wereTold = true;
    if (answer.answer !== "older") return answer;
  } finally {
    along.land(wereTold);
  }
  const answer = await withDeadline<Answer>(
    guard.admit({ ...ask, record, settlements: [], returned: [] }),
    forMs,
    "guard",
  );
  if (answer.answer === "older") throw new Error("the guard took no record");
  return answer;
}

async function askAgain(bindings: Bindings, record: TokenRecord, ask: Question, later: Later): Promise<Final> {
  for (let tries = 1; ; tries++) {
    try {
      return await askOnce(bindings, record, ask, later);
    } catch (error) {
      log("warn", "admit_failed", { token: record.id, reason: String(error) });
      // One that hangs would only let the holder wait twice as long.
      if (tries < TRIES && !(error instanceof DeadlineError)) continue;
      // It may have granted the permit without a word; what was reserved for it is given back so.
      const settlement = { entry: unansweredEntry(ask), granted: false, once: null, more: false };
      tellGuard(bindings, record.id, settlement, later);
      // The guard is told of it just so: nobody has to tell it once more whose token it was.
      throw new Refused(UNAVAILABLE);
    }
  }
}

/**
 * Gets a permit: out of a lease of a hot token, or of the token's guard.
 *
 * @param record that the request was authorized by
 * @param later takes the work that goes on behind the request
 * @throws Refused `token_check_unavailable` where it doesn't answer
 */
export async function askGuard(bindings: Bindings, record: TokenRecord, ask: Question, later: Later): Promise<Final> {
  const own = grantLeased(record, ask, Date.now());
  if (own !== null) return { answer: "granted", ...own };
  const asked = askAgain(bindings, record, ask, later);
  // A client that leaves while its request is in the queue must not end this before the answer is here: what is granted
  // has to be settled.
  later(
    asked.then(
      () => undefined,
      () => undefined,
    ),
  );
  return asked;
}
