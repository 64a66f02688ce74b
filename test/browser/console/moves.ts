import type { Page, Response } from "playwright-core";

// What an owner does in a page, by mouse or by keyboard.

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

const isLanding = (response: Response): boolean =>
  response.request().isNavigationRequest() && !isRedirect(response.status());

/** Does something that leads to another page, and waits for it. Returns the answer it came in. */
export async function follow(page: Page, act: () => Promise<unknown>): Promise<Response> {
  const [landing] = await Promise.all([page.waitForResponse(isLanding), page.waitForEvent("load"), act()]);
  return landing;
}

/** Clicks the button of that name. */
export const press = (page: Page, name: string | RegExp): Promise<Response> =>
  follow(page, () => page.getByRole("button", { name, exact: typeof name === "string" }).click());

/** Signs in by the form of the sign-in. */
export async function signIn(page: Page, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
}
