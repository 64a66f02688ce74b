import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { AdminApp } from "../context.ts";
import { type Problem, ProblemError } from "./problem.ts";

// What the framework throws, in our words.
const BY_STATUS: Readonly<Record<number, Problem>> = {
  400: {
    status: 400,
    code: "malformed",
    title: "The body can't be read",
    detail: "The body isn't valid JSON. Send one JSON object.",
  },
  415: {
    status: 415,
    code: "media-type",
    title: "The body isn't JSON",
    detail: "Send the body as JSON, with the header content-type: application/json.",
  },
};

/** The answer to a body above the limit. */
export const TOO_LARGE: Problem = {
  status: 413,
  code: "too-large",
  title: "The body is too large",
  detail: "A body may have at most 64 KiB.",
};

const UNEXPECTED: Problem = {
  status: 500,
  code: "unexpected",
  title: "Something went wrong",
  detail:
    "The admin failed, and your action may not have been done. Look at the list, then try again. The Worker's log says more.",
};

const BUSY: Problem = {
  status: 503,
  code: "busy",
  title: "The registry doesn't answer",
  detail: "The registry is starting or busy, and your action may not have been done. Look at the list, then try again.",
  headers: { "retry-after": "1" },
};

// What the runtime says of a Durable Object that restarted or has too much to do
// (developers.cloudflare.com/durable-objects/best-practices/error-handling).
const PASSING = ["retryable", "overloaded", "durableObjectReset"];

const isPassing = (error: Error): boolean => PASSING.some((name) => Reflect.get(error, name) === true);

/** Makes a problem of whatever a handler threw. Only what nobody foresaw is logged, and of that no value of a request. */
export function problemOf(error: Error, c: Context<AdminApp>): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof HTTPException) {
    const known = BY_STATUS[error.status];
    if (known !== undefined) return known;
  }
  // The one place that logs: the route and the stack's frames only, as a message, of several lines too, could quote the input.
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  // oxlint-disable-next-line no-console
  console.error(`${c.req.method} ${c.req.routePath} failed: ${error.name}`, frames.join("\n"));
  return isPassing(error) ? BUSY : UNEXPECTED;
}

/** Whether a path is the API's. */
export function isApiPath(path: string): boolean {
  return path === "/api" || path.startsWith("/api/");
}

/** The problem of a path that there isn't. */
export function noSuchPath(path: string): Problem {
  const problem = { status: 404, code: "no-such-path" } as const;
  if (!isApiPath(path)) return { ...problem, title: "There is no such page", detail: "The address may be mistyped." };
  const detail = "There is nothing under this path. GET /api/openapi.json lists what there is.";
  return { ...problem, title: "There is no such path", detail };
}

/** The problem of a method that a path doesn't know. */
export function wrongMethod(methods: string[]): Problem {
  const allow = methods.toSorted((a, b) => a.localeCompare(b)).join(", ");
  const detail = `This path knows only ${allow}.`;
  return { status: 405, code: "method", title: "The path doesn't know this method", detail, headers: { allow } };
}
