import type { Context } from "hono";
import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Problem } from "../api/problem.ts";
import type { AdminApp } from "../context.ts";
import { ProblemPage } from "./pages/problem.tsx";

/** What a component makes. */
type Rendered = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Answers with a page. */
export async function page(c: Context, body: Rendered, status: ContentfulStatusCode = 200): Promise<Response> {
  return c.html(await html`<!doctype html>${body}`, status);
}

/** Answers with what went wrong, in the console's look. */
export async function problemPage(c: Context<AdminApp>, problem: Problem): Promise<Response> {
  for (const [name, value] of Object.entries(problem.headers ?? {})) c.header(name, value);
  // Set only where the owner was found to be signed in.
  const session: unknown = c.var.session;
  return page(c, <ProblemPage problem={problem} signedIn={session !== undefined} />, problem.status);
}

/** Sends the browser on after an action. It fetches the new page by GET, so that loading that again repeats nothing. */
export const goOn = (c: Context, path: string): Response => c.redirect(path, 303);

/** Whether a script asks, which takes JSON and puts it into the page that is there. */
export const wantsJson = (c: Context): boolean => c.req.header("accept")?.includes("application/json") === true;
