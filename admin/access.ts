import type { MiddlewareHandler } from "hono";
import { isScraper } from "./api/access.ts";
import { type Problem, ProblemError } from "./api/problem.ts";
import { readAssertion } from "./auth/access.ts";
import type { AdminApp } from "./context.ts";

const EXPECTED: Problem = {
  status: 403,
  code: "access-expected",
  title: "Cloudflare Access is expected here",
  detail:
    "This admin opens only through Cloudflare Access, and the request carries no valid word of it. Open the admin at the address " +
    "that Access protects. If it does, the vars ACCESS_TEAM_DOMAIN and ACCESS_AUD may be another team's or application's.",
};

const NO_KEYS: Problem = {
  status: 503,
  code: "access-unreachable",
  title: "Cloudflare Access doesn't answer",
  detail:
    "The keys of ACCESS_TEAM_DOMAIN can't be fetched, so nobody can be let in. Try again soon; if it stays, look at that var.",
  headers: { "retry-after": "5" },
};

/**
 * Where Cloudflare Access is set up, lets only those through whom it let through, whatever else they show. So an address of
 * this Worker that Access doesn't stand in front of opens nothing.
 */
export const requireAccess: MiddlewareHandler<AdminApp> = async (c, next) => {
  const { access } = c.var.bindings.signIn;
  // A scraper of the metrics has a secret of its own, which opens nothing else.
  if (access === null || (await isScraper(c))) return next();
  const assertion = await readAssertion(c, access, Date.now());
  if (assertion.kind === "invalid") throw new ProblemError(EXPECTED);
  if (assertion.kind === "unknown") throw new ProblemError(NO_KEYS);
  c.set("identity", assertion.identity);
  return next();
};
