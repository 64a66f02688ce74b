import { DeadlineError } from "../../shared/deadline.ts";
import { ProblemError } from "../api/problem.ts";
import { inTime } from "../deadline.ts";

/** What the gateway said, or that it said nothing: it failed or is missing, or it took too long. */
export type Asked<T> = { ok: true; value: T } | { ok: false; late: boolean };

/**
 * Asks the gateway, where the answer may be missing.
 *
 * @param milliseconds how long it may take; 3 s where it is left out
 */
export async function ask<T>(call: Promise<T>, milliseconds?: number): Promise<Asked<T>> {
  try {
    return { ok: true, value: await inTime(call, milliseconds) };
  } catch (error) {
    return { ok: false, late: error instanceof DeadlineError };
  }
}

/** The answer, or null where there is none. */
export const orNull = <T>(asked: Asked<T>): T | null => (asked.ok ? asked.value : null);

const problem = (detail: string): ProblemError =>
  new ProblemError({
    status: 503,
    code: "gateway-unreachable",
    title: "The gateway doesn't answer",
    detail,
    headers: { "retry-after": "5" },
  });

/**
 * What to throw where the gateway had to be asked and doesn't answer.
 *
 * @param why begins the detail: why it had to be asked
 */
export const noAnswer = (why = "The gateway keeps the usage"): ProblemError =>
  problem(`${why}, and it doesn't answer or fails. Try again in a moment.`);

/**
 * Reads something of the gateway's.
 *
 * @param why as `noAnswer` takes it
 * @throws ProblemError 503 where it doesn't answer
 */
export async function readOf<T>(call: Promise<T>, why?: string): Promise<T> {
  const asked = await ask(call);
  if (asked.ok) return asked.value;
  throw noAnswer(why);
}

/**
 * Has the gateway do something.
 *
 * @param milliseconds as `ask` takes it
 * @throws ProblemError 503 where it doesn't answer; its detail says whether something was done
 */
export async function doneBy<T>(call: Promise<T>, milliseconds?: number): Promise<T> {
  const asked = await ask(call, milliseconds);
  if (asked.ok) return asked.value;
  throw problem(
    asked.late
      ? "The gateway didn't answer in time, so it may have been done or not. Look at the list before you try again."
      : "The gateway doesn't answer or fails, so nothing was done. Try again in a moment.",
  );
}
