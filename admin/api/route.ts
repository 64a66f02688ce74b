import { z } from "@hono/zod-openapi";
import { problemShape } from "./shapes.ts";

/** An answer with a JSON body, for a route's description. */
export function answer<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { "application/json": { schema } } };
}

/** A required JSON body. */
export function body<T extends z.ZodType>(schema: T) {
  return { required: true, content: { "application/json": { schema } } };
}

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemShape } },
});

/** The problems that a route may answer, to spread into its responses. */
export const PROBLEMS = {
  input: { 400: problem("The input isn't valid; `errors` names each field.") },
  signedOut: { 401: problem("There is no live session.") },
  crossSite: {
    403: problem("Another site's page caused the request, or the proof of who you are isn't fresh enough."),
  },
  missing: { 404: problem("There is no such thing.") },
  conflict: { 409: problem("A field has to be unique and is taken, the token is deleted, or there are too many.") },
  body: { 413: problem("The body is above 64 KiB."), 415: problem("The body isn't JSON.") },
  throttled: { 429: problem("There were too many tries; `retry-after` says how many seconds to wait.") },
  notSetUp: { 503: problem("The admin isn't set up, or the registry doesn't answer.") },
} as const;

/** A file, for a route's description. */
export function file(description: string, types: readonly string[]) {
  const schema = z.string();
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** The problems of every route that reads something of the owner's. */
export const READ_PROBLEMS = { ...PROBLEMS.signedOut, ...PROBLEMS.notSetUp } as const;

/** The problems of every route that changes something. */
export const WRITE_PROBLEMS = { ...READ_PROBLEMS, ...PROBLEMS.crossSite, ...PROBLEMS.body } as const;
