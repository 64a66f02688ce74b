// `npm run screenshots`: makes the pictures of README in docs/images, of a running pair with a made-up month behind it. Labels
// and numbers are the same each time; token ids, secrets and dates are those of the run.
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../test/browser/chromium.ts";
import { ADMIN_SECRET, type Harness, startHarness } from "../test/harness.ts";
import { PROVIDERS } from "../shared/providers.ts";
import { tellHistory } from "./screenshots/history.ts";
import { type Scene, type Shot, SHOTS } from "./screenshots/shots.ts";
import { SHOWN, STORY, type StoryToken } from "./screenshots/story.ts";

const IMAGES = join(import.meta.dirname, "../docs/images");
/** What the pictures show in the place of an address of this machine. */
const GATEWAY_URL = "https://doppelgate-gateway.example.workers.dev";
const MAX_BYTES = 150 * 1024;
const REPORTED_MS = 20_000;

interface Made {
  id: string;
  secret: string;
  token: StoryToken;
}

async function create({ admin }: Harness, token: StoryToken): Promise<Made> {
  const { label, providers, usdPerMonth, more } = token;
  const budgets = usdPerMonth === null ? [] : [{ usd: usdPerMonth, per: "month", warnAt: 0.8 }];
  const input = { label, providers, ...more, limits: { budgets, ...more.limits } };
  const response = await admin.send("POST", "tokens", input);
  if (response.status !== 201) throw new Error(`“${label}”: ${response.status} ${await response.text()}`);
  const made = (await response.json()) as { token: { id: string }; secret: string };
  if (token.disabled === true) await admin.edit(made.token.id, { status: "disabled" });
  return { id: made.token.id, secret: made.secret, token };
}

let claims = 0;

async function newClaim({ admin }: Harness): Promise<string> {
  claims += 1;
  const wanted = { label: `Chess club, board ${claims}`, providers: ["openai", "anthropic"], claim: {} };
  const response = await admin.send("POST", "tokens", wanted);
  if (response.status !== 201) throw new Error(`The claim link: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { path: string }).path;
}

/** Real requests of today, so that the token's page has its last ones. */
async function use({ gatewayUrl }: Harness, { secret, token }: Made): Promise<void> {
  const { uses } = token;
  for (const [index, { tokensIn, tokensOut }] of [...uses, ...uses].entries()) {
    const headers = {
      authorization: `Bearer ${secret}`,
      "content-type": "application/json",
      "x-fake-model": `fake-usage-${tokensIn + 31 * index}-${tokensOut + 17 * index}`,
    };
    const messages = [{ role: "user", content: "What is a leap second?" }];
    const body = JSON.stringify({ model: "gpt-5.4-mini", max_completion_tokens: 500, messages });
    const answer = await fetch(`${gatewayUrl}/v1/chat/completions`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    await answer.text();
  }
}

async function signIn(browser: Browser, adminUrl: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: adminUrl, timezoneId: "UTC" })).newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Password", { exact: true }).fill(ADMIN_SECRET);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Sections" }).waitFor();
  return page;
}

async function take(page: Page, scene: Scene, { name, at, width, height, scheme }: Shot): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  if (typeof at === "string") await page.goto(at);
  else await at(page, scene);
  const path = join(IMAGES, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = statSync(path);
  console.log(`${name}.png: ${Math.round(size / 1024)} KiB`);
  if (size > MAX_BYTES) throw new Error(`${name}.png is larger than ${MAX_BYTES / 1024} KiB: take less of the page.`);
}

async function run(harness: Harness, folder: string): Promise<void> {
  const made: Made[] = [];
  for (const token of STORY) made.push(await create(harness, token));
  const shown = made.find(({ token }) => token.label === SHOWN);
  if (shown === undefined) throw new Error(`There is no “${SHOWN}”.`);
  await tellHistory(folder, harness.registryPath, made);
  await use(harness, shown);
  // Guards tell the ledger some seconds later.
  await new Promise((resolve) => setTimeout(resolve, REPORTED_MS));
  const browser = await launchChromium();
  try {
    const page = await signIn(browser, harness.adminUrl);
    // The gateway under the name that the pictures show.
    await page.route(`${GATEWAY_URL}/**`, async (route) => {
      const request = route.request();
      const url = request.url().replace(GATEWAY_URL, harness.gatewayUrl);
      const headers = { ...(await request.allHeaders()), origin: harness.gatewayUrl };
      await route.fulfill({ response: await route.fetch({ url, headers }) });
    });
    const scene = { shown: shown.id, gatewayUrl: GATEWAY_URL, newClaim: () => newClaim(harness) };
    for (const shot of SHOTS) await take(page, scene, shot);
  } finally {
    await browser.close();
  }
}

mkdirSync(IMAGES, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "doppelgate-screenshots-"));
const harness = await startHarness(PROVIDERS, { GATEWAY_URL });
try {
  await run(harness, folder);
} finally {
  await harness.dispose();
  rmSync(folder, { recursive: true, force: true });
}
