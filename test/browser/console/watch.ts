import type { BrowserContext, ConsoleMessage, Page, Request, Response } from "playwright-core";

/** What goes wrong in a page by itself, from when it is watched. */
export interface Watch {
  /** What went wrong since the last time, and forgets it. */
  take: () => string[];
}

const AT_FAULT = new Set(["error", "warning", "assert"]);

/** Chromium writes every refused document to the console too; who opened the page looks at its status. */
const isOwnStatus = (message: ConsoleMessage): boolean => message.text().startsWith("Failed to load resource");

/** A navigation that another one overtook, and a download, end like this. */
const isAborted = (request: Request): boolean => request.failure()?.errorText === "net::ERR_ABORTED";

async function watchPolicy(context: BrowserContext, page: Page, say: (what: string) => void): Promise<void> {
  // The browser's own audit tells violations also where no script runs.
  const session = await context.newCDPSession(page);
  session.on("Audits.issueAdded", ({ issue }) => {
    const broken = issue.details.contentSecurityPolicyIssueDetails;
    if (broken !== undefined)
      say(`CSP: ${broken.violatedDirective} stopped ${broken.blockedURL ?? "something inline"}`);
  });
  await session.send("Audits.enable");
}

/**
 * Watches a page: broken content security policy, errors and warnings in the console, uncaught errors, and requests to its
 * own origin that fail.
 *
 * @param origins the origins that are our own
 */
export async function watch(context: BrowserContext, page: Page, origins: readonly string[]): Promise<Watch> {
  const problems: string[] = [];
  const say = (what: string): void => {
    problems.push(what);
  };
  const isOurs = (url: string): boolean => origins.some((origin) => url.startsWith(`${origin}/`));
  page.on("console", (message) => {
    if (AT_FAULT.has(message.type()) && !isOwnStatus(message)) say(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => say(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    if (isOurs(request.url()) && !isAborted(request)) say(`failed: ${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on("response", (response: Response) => {
    const request = response.request();
    if (isOurs(response.url()) && response.status() >= 400 && !request.isNavigationRequest()) {
      say(`failed: ${response.status()} ${response.url()}`);
    }
  });
  await watchPolicy(context, page, say);
  return { take: () => problems.splice(0) };
}
