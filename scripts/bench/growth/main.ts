// `npm run bench:growth`: how long the gateway's authorisation and the console's pages take with few tokens and with many. Both
// Workers run on bare `workerd serve`, once with little stored and once with much, and are asked in turns. See `--help`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { authorize, startProvider } from "./authorizing.ts";
import { fill, fillAdmin, type Size } from "./filling.ts";
import { inTurns, send, signIn } from "./measuring.ts";
import { type PageView, pagesOf, UNPUBLISHED_PAGES } from "./pages.ts";
import { buildPair, type Pair, startPair } from "./pair.ts";
import { jsonOf, type PageTimes, tableOf } from "./report.ts";

const HELP = `npm run bench:growth -- [options]
  --tokens=100000   tokens of the large size; the small one has 10
  --usage=1000000   rows of usage of the large size; the small one has 10
  --audit=1000000   lines of the audit log of the large size; the small one has 10
  --small=10        tokens, rows and lines of the small size; 100 fill the pages of lists
  --rounds=15       how often each page is asked for, after a warm-up
  --only=TEXT       only pages whose name has this in it
  --state=FOLDER    keep what is stored in there, and use it again
  --json            one JSON object on the last line`;

const { values } = parseArgs({
  options: {
    tokens: { type: "string", default: "100000" },
    usage: { type: "string", default: "1000000" },
    audit: { type: "string", default: "1000000" },
    small: { type: "string", default: "10" },
    rounds: { type: "string", default: "15" },
    only: { type: "string", default: "" },
    state: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** A pair that is filled and signed in to. */
interface Ready {
  pair: Pair;
  cookie: string;
  size: Size;
  now: number;
}

async function measure(views: readonly (readonly [PageView, PageView])[], sizes: readonly Ready[], rounds: number) {
  const measured: PageTimes[] = [];
  for (const both of views) {
    const name = both[0].name;
    if (!name.includes(values.only)) continue;
    let bytes = 0;
    const ask = async ({ pair, cookie }: Ready, path: string): Promise<number> => {
      const { status, body, ms } = await send(pair.admin + path, { headers: { cookie } });
      if (status !== 200) throw new Error(`${path} was answered ${status}: ${body}`);
      bytes = body.length;
      return ms;
    };
    const times = await inTurns(
      sizes.map((ready, index) => () => ask(ready, both[index === 0 ? 0 : 1].path)),
      rounds,
    );
    const [small, large] = times;
    if (small !== undefined && large !== undefined) measured.push({ name, small, large, bytes });
  }
  return measured;
}

async function run(sizes: readonly Ready[], rounds: number): Promise<void> {
  const [few, many] = sizes;
  if (few === undefined || many === undefined) return;
  const large = pagesOf(many.size, many.now);
  const views = pagesOf(few.size, few.now).map((view, index) => [view, large[index] ?? view] as const);
  const pages = await measure(views, sizes, rounds);
  const setUnpublished = (all: boolean) =>
    Promise.all(sizes.map(({ pair, now }) => fillAdmin(pair, { do: "unpublished", all, now })));
  await setUnpublished(true);
  pages.push(
    ...(await measure(
      UNPUBLISHED_PAGES.map((view) => [view, view] as const),
      sizes,
      rounds,
    )),
  );
  await setUnpublished(false);
  const all = sizes.map(({ pair }) => pair);
  const counts = sizes.map(({ size }) => size.tokens);
  const authorized = values.only === "" ? await authorize(all, counts, many.now, rounds) : null;
  process.stdout.write(`${tableOf(pages, authorized)}\n`);
  if (values.json) process.stdout.write(`${jsonOf(pages, authorized)}\n`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "doppelgate-growth-"));
  const provider = await startProvider();
  const pairs: Pair[] = [];
  try {
    await buildPair(folder);
    const small = Number(values.small);
    const few: Size = { tokens: small, usage: small, audit: small };
    const many: Size = { tokens: Number(values.tokens), usage: Number(values.usage), audit: Number(values.audit) };
    const ready: Ready[] = [];
    for (const size of [few, many]) {
      const state = join(values.state ?? folder, `state-${size.tokens}-${size.usage}-${size.audit}`);
      const pair = await startPair(folder, state, provider.origin);
      pairs.push(pair);
      const now = await fill(pair, state, size, say);
      ready.push({ pair, size, now, cookie: await signIn(pair.admin) });
    }
    await run(ready, Number(values.rounds));
  } finally {
    for (const { log } of pairs) for (const line of log.slice(-5)) say(line);
    await Promise.all(pairs.map((pair) => pair.stop()));
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.help) say(HELP);
else await main();
