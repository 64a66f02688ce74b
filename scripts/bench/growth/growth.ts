// Measures how long the gateway's authorisation and the console's pages take with few tokens and with many.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { authorize, type Authorized, startProvider } from "./authorizing.ts";
import { fill, fillAdmin, type Size } from "./filling.ts";
import { inTurns, send, signIn, type Timed } from "./measuring.ts";
import { apiViews, type PageView, pagesOf, UNPUBLISHED_PAGES } from "./pages.ts";
import { buildPair, type Pair, startPair } from "./pair.ts";
import { bySize, type PageTimes } from "./report.ts";
import { DENSE } from "./worker/story.ts";

/** What is measured, and how often. */
export interface GrowthExtent {
  /** The large size. */
  many: Size;
  /** How often each page is asked for, after a warm-up. */
  rounds: number;
  /** Only pages whose name has this in it, and no requests; where it begins with `API`, of the JSON API; left out: all pages. */
  only?: string;
  /** A folder that keeps what is stored, to use it again; null or left out: it is thrown away. */
  state?: string | null;
}

/** What came of it. `authorized` is null where only some pages were asked for. */
export interface GrowthTimes {
  pages: PageTimes[];
  authorized: Authorized | null;
}

const FEW: Size = { tokens: 10, usage: 10, audit: 10 };
/** So much that every page has as many rows as it ever has. */
const FILLED: Size = { tokens: DENSE, usage: 20_000, audit: 2_000 };

/** A pair that is filled and signed in to. */
interface Ready {
  pair: Pair;
  cookie: string;
  size: Size;
  now: number;
}

/** Asks for a page. One that says that something of it isn't ready yet doesn't count: it is asked for again in a moment. */
async function whole({ pair, cookie }: Ready, path: string): Promise<Timed> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await send(pair.admin + path, { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${answer.body}`);
    if (!answer.body.includes("is being added up")) return answer;
    await sleep(200);
  }
  throw new Error(`${path} isn't ready after 20 s.`);
}

async function measure(
  pagesAt: (ready: Ready) => readonly PageView[],
  sizes: readonly Ready[],
  { rounds, only = "" }: GrowthExtent,
): Promise<PageTimes[]> {
  const measured: PageTimes[] = [];
  const views = sizes.map(pagesAt);
  for (const [index, { name }] of (views[0] ?? []).entries()) {
    if (!name.includes(only)) continue;
    const bytes = sizes.map(() => 0);
    const ask = async (ready: Ready, size: number): Promise<number> => {
      const { body, ms } = await whole(ready, views[size]?.[index]?.path ?? "/");
      bytes[size] = body.length;
      return ms;
    };
    const times = await inTurns(
      sizes.map((ready, size) => () => ask(ready, size)),
      rounds,
    );
    measured.push({ name, ...bySize(times), bytes: bySize(bytes) });
  }
  return measured;
}

async function run(sizes: readonly Ready[], extent: GrowthExtent): Promise<GrowthTimes> {
  const isApi = extent.only?.startsWith("API") === true;
  const pages = await measure(({ size, now }) => (isApi ? apiViews(now) : pagesOf(size, now)), sizes, extent);
  const setUnpublished = (all: boolean) =>
    Promise.all(sizes.map(({ pair, now }) => fillAdmin(pair, { do: "unpublished", all, now })));
  await setUnpublished(true);
  pages.push(...(await measure(() => UNPUBLISHED_PAGES, sizes, extent)));
  await setUnpublished(false);
  const pairs = sizes.map(({ pair }) => pair);
  const counts = sizes.map(({ size }) => size.tokens);
  const isWhole = (extent.only ?? "") === "";
  const authorized = isWhole ? await authorize(pairs, counts, Date.now(), extent.rounds) : null;
  return { pages, authorized };
}

/**
 * Measures with little stored, with as much as fills every page, and with much.
 *
 * @param say is told how far it is, and of what the Workers logged last
 */
export async function measureGrowth(extent: GrowthExtent, say: (text: string) => void): Promise<GrowthTimes> {
  const folder = mkdtempSync(join(tmpdir(), "doppelgate-growth-"));
  const provider = await startProvider();
  const pairs: Pair[] = [];
  try {
    await buildPair(folder);
    const ready: Ready[] = [];
    for (const size of [FEW, FILLED, extent.many]) {
      const state = join(extent.state ?? folder, `state-${size.tokens}-${size.usage}-${size.audit}`);
      const pair = await startPair(folder, state, provider.origin);
      pairs.push(pair);
      const now = await fill(pair, state, size, say);
      ready.push({ pair, size, now, cookie: await signIn(pair.admin) });
    }
    return await run(ready, extent);
  } finally {
    for (const { log } of pairs) for (const line of log.slice(-5)) say(line);
    await Promise.all(pairs.map((pair) => pair.stop()));
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
