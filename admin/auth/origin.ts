const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

// `none`: the user typed the address or used a bookmark; no page can cause it.
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

/** What a browser says about the page that caused a request. */
export type RequestSource = "own" | "foreign" | "unsaid";

/**
 * Tells where a request comes from. SameSite cookies alone don't stop a page on a sibling subdomain.
 *
 * @returns own: a page of this origin, or no page at all. foreign: any other. unsaid: not a browser, or a very old one
 */
export function requestSource(request: Request): RequestSource {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return OWN_SITES.has(site) ? "own" : "foreign";
  const origin = request.headers.get("origin");
  if (origin === null) return "unsaid";
  return origin === new URL(request.url).origin ? "own" : "foreign";
}

/** Whether a method changes nothing, so that a foreign page may cause it without harm. */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}
