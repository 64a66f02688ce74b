import { unescaped } from "./traces.ts";

/** A request's path and query, byte for byte as the client sent them. */
export interface Target {
  path: string;
  /** With its question mark; empty where there is none. */
  query: string;
}

/** Tells whether a method's requests never have a body; `fetch` refuses even an empty one. */
export const isBodyless = (method: string): boolean => method === "GET" || method === "HEAD";

/**
 * Cuts path and query out of a request's URL without parsing it: a parser would rewrite dot segments, backslashes and
 * escapes, and what goes upstream must be what came in.
 *
 * @param url the absolute URL of a request, as the runtime gives it
 */
export function targetOf(url: string): Target {
  const authority = url.indexOf("://") + 3;
  const start = url.slice(authority).search(/[/?]/);
  const rest = start === -1 ? "/" : url.slice(authority + start);
  const question = rest.indexOf("?");
  if (question === -1) return { path: rest, query: "" };
  return { path: rest.slice(0, question) || "/", query: rest.slice(question) };
}

/**
 * The path as rules look at it: slashes collapsed, since @google/genai dials `//ws/…`. Never sent upstream.
 *
 * @param path of a target
 */
export function comparablePath(path: string): string {
  return path.replace(/^[/\\]{2,}/, "/");
}

// Backslashes count as slashes for the URL parser inside fetch (url.spec.whatwg.org, special schemes).
const REWRITTEN = /\\|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Tells whether the URL parser inside `fetch` would turn a path into another one. Such a path would be judged by one name
 * and answered under another, so it can't be let through.
 *
 * @param path of a target
 */
export const isRewrittenByFetch = (path: string): boolean => REWRITTEN.test(path);

/** The last path that was judged, and how: one request asks for it several times, and so do most of an isolate's. */
let last = { path: "", judged: "/" };

/**
 * The path as a provider may come to read it: escapes undone twice over, backslashes turned, dot segments and doubled slashes
 * gone. Rules that forbid a path look at this one, so that no spelling of it slips through. Never sent upstream.
 *
 * @param path of a target
 */
export function judgedPath(path: string): string {
  if (last.path === path) return last.judged;
  const plain = unescaped(unescaped(path)).replaceAll("\\", "/");
  const judged = new URL(`https://gateway${plain}`).pathname.replaceAll(/\/{2,}/g, "/");
  last = { path, judged };
  return judged;
}
