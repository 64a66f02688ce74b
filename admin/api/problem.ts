import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Outcome, Refusal } from "../registry/types.ts";

/** One input field that has to be mended. */
export interface FieldError {
  field: string;
  message: string;
}

/** What went wrong, before it becomes an answer by RFC 9457. */
export interface Problem {
  status: ContentfulStatusCode;
  /** Ends the `type`; programs may go by it. */
  code: string;
  /** The same for every problem of the code. */
  title: string;
  /** What is wrong this time, and how to mend it. It never repeats a secret. */
  detail: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
}

/** Thrown by handlers; `onError` makes the answer of it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** The answer of `application/problem+json`. */
export function problemResponse(c: Context, { status, code, title, detail, errors, headers }: Problem): Response {
  const body = { type: `urn:doppelgate:problem:${code}`, title, status, detail, ...(errors && { errors }) };
  return c.body(JSON.stringify(body), status, { ...headers, "content-type": "application/problem+json" });
}

// A body of junk isn't worth a longer answer.
const MAX_ERRORS = 20;

const sentence = (errors: FieldError[]): string => errors.map(({ field, message }) => `${field}: ${message}`).join(" ");

// A field's name comes from the client and is shown back: keep it short.
const nameOf = (path: readonly PropertyKey[], rows: boolean): string =>
  path
    .filter((part) => typeof part === "string" || (rows && typeof part === "number"))
    .join(".")
    .slice(0, 80) || "body";

function fieldErrors(issue: z.core.$ZodIssue, rows: boolean): FieldError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: nameOf([...issue.path, key], rows),
      message: "There is no such field; leave it out.",
    }));
  }
  return [{ field: nameOf(issue.path, rows), message: issue.message }];
}

/**
 * Turns what a schema found into one error per field. The console shows them beside its inputs.
 *
 * @param issues of a ZodError
 * @param rows whether a field's name says which one of a list it is of (`prices.3.model`)
 */
export function toFieldErrors(issues: readonly z.core.$ZodIssue[], rows = false): FieldError[] {
  return issues.flatMap((issue) => fieldErrors(issue, rows)).slice(0, MAX_ERRORS);
}

/** The problem of input that doesn't pass its schema. */
export function invalidInput(errors: FieldError[]): ProblemError {
  const detail = sentence(errors);
  return new ProblemError({ status: 400, code: "invalid-input", title: "The input isn't valid", detail, errors });
}

const REFUSALS: Record<Refusal["kind"], Pick<Problem, "status" | "title">> = {
  missing: { status: 404, title: "There is no such thing" },
  unknown: { status: 400, title: "The input names something that isn't there" },
  taken: { status: 409, title: "It is taken" },
  deleted: { status: 409, title: "The token is deleted" },
  full: { status: 409, title: "There are too many" },
  follows: { status: 409, title: "The token follows a policy" },
  used: { status: 409, title: "It is in use" },
  closed: { status: 409, title: "The token or its link is closed" },
  changed: { status: 409, title: "It has changed" },
};

/** The problem of an action that the registry refused. */
export function refused({ kind, field, message }: Refusal): ProblemError {
  const errors = field === null ? {} : { errors: [{ field, message }] };
  return new ProblemError({ ...REFUSALS[kind], code: kind, detail: message, ...errors });
}

/**
 * The value of an action's outcome.
 *
 * @throws ProblemError where the registry refused
 */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw refused(outcome.refusal);
}

/** The problem of a token that isn't there. */
export function noSuchToken(): ProblemError {
  return refused({ kind: "missing", field: null, message: "There is no token of that id." });
}
