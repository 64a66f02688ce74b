import type { Page, Response } from "playwright-core";
import type { Harness } from "../../harness.ts";
import { follow, press } from "./moves.ts";
import type { Seed } from "./seed.ts";

/** A page of the console, and how to get to it. */
export interface Row {
  /** Where it is; or how it is reached, with the answer it came in. */
  at: string | ((seed: Seed, page: Page, harness: Harness) => string | Promise<Response | null>);
  /** 200 where it is left out. */
  status?: number;
  /** Whether it is for those who aren't signed in. */
  signedOut?: true;
  /** As `Setting` has it. */
  mayFail?: string;
}

async function chooseNoProvider(page: Page): Promise<void> {
  const folds = page.locator("details:not([open]) > summary", { hasText: "Models:" });
  for (const fold of await folds.all()) await fold.click();
  for (const box of await page.locator("input[name=providers]").all()) await box.uncheck();
}

async function refusedToken(page: Page): Promise<Response> {
  await page.goto("/tokens/new");
  await page.getByLabel("Label").fill("x");
  await chooseNoProvider(page);
  await page.getByLabel("Use the one I type").check();
  await page.getByLabel("Your own token").fill("short");
  return press(page, "Create token");
}

async function rotated(id: string, page: Page): Promise<Response> {
  await page.goto(`/tokens/${id}/rotate`);
  return press(page, "Rotate token");
}

/** Usage is added up behind the requests: about 10 s later. `sign`: what the page has then. */
export async function withUsage(page: Page, path: string, sign = "table"): Promise<Response | null> {
  for (;;) {
    const response = await page.goto(path);
    if ((await page.locator(sign).count()) > 0) return response;
    await page.waitForTimeout(500);
  }
}

/** All pages. To look at another one takes one row here. */
export const PAGES: Readonly<Record<string, Row>> = {
  "sign-in": { at: "/sign-in", signedOut: true },
  "sign-in, refused": {
    at: async (_, page) => {
      await page.goto("/sign-in");
      await page.getByLabel("Password").fill("not the password");
      return press(page, "Sign in");
    },
    status: 401,
    signedOut: true,
  },
  overview: { at: (_, page) => withUsage(page, "/", "figure") },
  "overview, by the hour": { at: (_, page) => withUsage(page, "/?by=model&span=24h&measure=requests", "figure") },
  "overview of a chart without any": { at: "/?by=token&span=90d&measure=tokens" },
  tokens: { at: "/tokens" },
  "tokens, with a notice": { at: "/tokens?done=deleted" },
  "tokens, filtered by days": { at: "/tokens?createdFrom=2026-01-01&expiresTo=2099-12-31&sort=status" },
  "tokens, filtered wrongly": { at: "/tokens?createdFrom=2027-02-01&createdTo=2027-01-01", status: 422 },
  "tokens, none found": { at: "/tokens?query=nothing+like+this" },
  "new token": { at: "/tokens/new" },
  "new token, for a class": { at: "/tokens/new?preset=class" },
  "new token, another preset": {
    at: async (_, page) => {
      await page.goto("/tokens/new");
      await page.getByLabel("Amount", { exact: true }).first().fill("7");
      return press(page, /^An agent/);
    },
  },
  "new token, refused": { at: (_, page) => refusedToken(page), status: 422 },
  "token shown once": { at: ({ disabled }, page) => rotated(disabled, page) },
  "token shown already": { at: ({ used }) => `/tokens/${used.id}/secret`, status: 410 },
  "claim link shown once": {
    at: async ({ used }, page) => {
      await page.goto(`/tokens/${used.id}`);
      return press(page, /^Make a (?:new )?claim link$/);
    },
  },
  token: { at: ({ used }) => `/tokens/${used.id}` },
  "token, disabled": { at: ({ disabled }) => `/tokens/${disabled}` },
  "edit of a token": { at: ({ used }) => `/tokens/${used.id}/edit` },
  "edit of a token, refused": {
    at: async ({ used }, page) => {
      await page.goto(`/tokens/${used.id}/edit`);
      await chooseNoProvider(page);
      return press(page, "Save changes");
    },
    status: 422,
  },
  "rotation of a token": { at: ({ used }) => `/tokens/${used.id}/rotate` },
  "rotation of a token, refused": {
    at: async ({ used }, page) => {
      await page.goto(`/tokens/${used.id}/rotate`);
      await page.getByLabel("Use the one I type").check();
      await page.getByLabel("Your own token").fill("short");
      return press(page, "Rotate token");
    },
    status: 422,
  },
  "token, deleted": { at: ({ deleted }) => `/tokens/${deleted}` },
  "a token's requests": { at: ({ used }) => `/tokens/${used.id}/requests` },
  "actions on many tokens": { at: "/tokens/bulk" },
  "deleting all tokens": { at: "/tokens/bulk?action=delete&all=yes" },
  "extending a token": { at: ({ used }) => `/tokens/bulk?action=extend&id=${used.id}` },
  "another policy for a token": { at: ({ used }) => `/tokens/bulk?action=policy&id=${used.id}` },
  "no token chosen": { at: "/tokens/bulk?action=disable" },
  "delete token": { at: ({ used }) => `/tokens/${used.id}/delete` },
  "delete token, the wrong label": {
    at: async ({ used }, page) => {
      await page.goto(`/tokens/${used.id}/delete`);
      await page.getByLabel("Type the label to confirm").fill("something else");
      return press(page, "Delete for good");
    },
    status: 422,
  },
  policies: { at: "/policies" },
  "new policy": { at: "/policies/new" },
  "new policy, for a class": { at: "/policies/new?preset=class" },
  policy: { at: ({ policy }) => `/policies/${policy}` },
  "new policy, like another": { at: ({ policy }) => `/policies/new?like=${policy}` },
  "delete policy": { at: ({ policy }) => `/policies/${policy}/delete` },
  prices: { at: "/prices" },
  "prices, searched": { at: "/prices?query=gpt&provider=openai" },
  "new price": { at: "/prices/new" },
  "new price, like one that is built in": { at: "/prices/new?provider=openai&model=gpt-5.4" },
  "new price, refused": {
    at: async (_, page) => {
      await page.goto("/prices/new");
      await page.getByLabel("Model", { exact: true }).fill("my-model");
      await page.getByLabel("Input", { exact: true }).fill("a lot");
      return press(page, "Save price");
    },
    status: 422,
  },
  webhooks: { at: "/webhooks" },
  "webhook, refused": {
    at: async (_, page) => {
      await page.goto("/webhooks");
      await page.getByLabel("Address", { exact: true }).fill("http://not-safe.example/hook");
      return press(page, "Add webhook");
    },
    status: 422,
  },
  webhook: {
    at: async ({ webhook }, page) => {
      await page.goto(`/webhooks/${webhook}`);
      return press(page, "Send a test");
    },
  },
  "provider keys": { at: "/keys" },
  "provider keys, checked": {
    at: async (_, page) => {
      await page.goto("/keys");
      return press(page, "Check now the keys of OpenAI");
    },
  },
  settings: { at: "/settings" },
  "webhook's secret, shown already": { at: ({ webhook }) => `/webhooks/${webhook}/secret`, status: 410 },
  audit: { at: "/audit" },
  "audit, searched": { at: "/audit?text=class&action=token.create" },
  "audit, asked wrongly": { at: "/audit?from=2027-02-01&to=2027-01-01", status: 422 },
  "audit of a token": { at: ({ used }) => `/audit?token=${used.id}` },
  sessions: { at: "/sessions" },
  "settings of the sign-in": { at: "/settings/sign-in" },
  "a secret for codes": { at: "/settings/sign-in/code" },
  "a secret for codes, tried": {
    at: async (_, page) => {
      await page.goto("/settings/sign-in/code");
      await page.getByLabel("Code", { exact: true }).fill("12345");
      return press(page, "Try it");
    },
    status: 422,
  },
  "session that ended in a form": {
    at: async (_, page, { adminUrl }) => {
      await page.goto("/webhooks");
      await page.getByLabel("Address", { exact: true }).fill("https://hooks.example/kept");
      // What is left of a session that idled out: a cookie that opens nothing.
      await page.context().addCookies([{ name: "doppelgate-local", value: "ended", url: adminUrl }]);
      return press(page, "Add webhook");
    },
    status: 403,
    mayFail: "/tokens/preview",
  },
  status: { at: "/status" },
  usage: { at: (_, page) => withUsage(page, "/usage") },
  "usage by token": { at: (_, page) => withUsage(page, "/usage?group=token") },
  "usage by model": { at: (_, page) => withUsage(page, "/usage?group=model") },
  "usage of days without any": { at: "/usage?from=2020-01-01&to=2020-01-02" },
  "no such page": { at: "/nowhere", status: 404 },
  "no such token": { at: "/tokens/0123456789", status: 404 },
  "a wrong address": { at: "/audit?cursor=wrong", status: 400 },
  "holder's page": { at: (_, page, { gatewayUrl }) => page.goto(`${gatewayUrl}/-/`), signedOut: true },
  "page of claim links": { at: (_, page, { gatewayUrl }) => page.goto(`${gatewayUrl}/-/claim`), signedOut: true },
  "holder's page, of a token": {
    at: async ({ used }, page, { gatewayUrl }) => {
      await page.goto(`${gatewayUrl}/-/`);
      await page.getByLabel("Your token").fill(used.secret);
      return follow(page, () => page.keyboard.press("Enter"));
    },
    signedOut: true,
  },
};

/** Opens the page of a row. */
export async function reach({ at }: Row, seed: Seed, page: Page, harness: Harness): Promise<Response> {
  const to = typeof at === "string" ? at : at(seed, page, harness);
  const response = typeof to === "string" ? await page.goto(to) : await to;
  if (response === null) throw new Error("There was no answer.");
  return response;
}
