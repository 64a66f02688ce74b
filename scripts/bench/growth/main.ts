// `npm run bench:growth`: how long the gateway's authorisation and the console's pages take with few tokens and with many. Both
// Workers run on bare `workerd serve`, with little stored, with as much as fills every page, and with much, and are asked in turns. See `--help`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { authorize, startProvider } from "./authorizing.ts";
import { fill, fillAdmin, type Size } from "./filling.ts";
import { inTurns, send, signIn, type Timed } from "./measuring.ts";
import { type PageView, pagesOf, UNPUBLISHED_PAGES } from "./pages.ts";
import { buildPair, type Pair, startPair } from "./pair.ts";
import { jsonOf, type PageTimes, tableOf } from "./report.ts";

const HELP = `npm run bench:growth -- [options]
  --tokens=100000   tokens of the large size
  --usage=1000000   rows of usage of the large size
  --audit=1000000   lines of the audit log of the large size
  --rounds=15       how often each page is asked for, after a warm-up
  --only=TEXT       only pages whose name has this in it
  --state=FOLDER    keep what is stored in there, and use it again
  --json            one JSON object on the last line: in \`growth\`, \`authorize\` is a request with a token, many ÷ few;
                    \`console\` all pages together, many ÷ filled; \`consoleFromFew\` the same, many ÷ few`;

const { values } = parseArgs({
  options: {
    tokens: { type: "string", default: "100000" },
    usage: { type: "string", default: "1000000" },
    audit: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "15" },
    only: { type: "string", default: "" },
    state: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const FEW: Size = { tokens: 10, usage: 10, audit: 10 };
/** So much that every page has as many rows as it ever has. */
const FILLED: Size = { tokens: 1_000, usage: 20_000, audit: 1_000 };

const say = (text: string): void => void process.stderr.write(`${text}\n`);

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

async function measure(pagesAt: (ready: Ready) => readonly PageView[], sizes: readonly Ready[], rounds: number) {
  const measured: PageTimes[] = [];
  const views = sizes.map(pagesAt);
  for (const [index, { name }] of (views[0] ?? []).entries()) {
    if (!name.includes(values.only)) continue;
    let bytes = 0;
    const ask = async (ready: Ready, path: string): Promise<number> => {
      const { body, ms } = await whole(ready, path);
      bytes = body.length;
      return ms;
    };
    const [few, filled, many] = await inTurns(
      sizes.map((ready, size) => () => ask(ready, views[size]?.[index]?.path ?? "/")),
      rounds,
    );
    if (few !== undefined && filled !== undefined && many !== undefined) {
      measured.push({ name, few, filled, many, bytes });
    }
  }
  return measured;
}

async function run(sizes: readonly Ready[], rounds: number): Promise<void> {
  const pages = await measure(({ size, now }) => pagesOf(size, now), sizes, rounds);
  const setUnpublished = (all: boolean) =>
    Promise.all(sizes.map(({ pair, now }) => fillAdmin(pair, { do: "unpublished", all, now })));
  await setUnpublished(true);
  pages.push(...(await measure(() => UNPUBLISHED_PAGES, sizes, rounds)));
  await setUnpublished(false);
  const pairs = sizes.map(({ pair }) => pair);
  const counts = sizes.map(({ size }) => size.tokens);
  const authorized = values.only === "" ? await authorize(pairs, counts, Date.now(), rounds) : null;
  process.stdout.write(`${tableOf(pages, authorized)}\n`);
  if (values.json) process.stdout.write(`${jsonOf(pages, authorized)}\n`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "doppelgate-growth-"));
  const provider = await startProvider();
  const pairs: Pair[] = [];
  try {
    await buildPair(folder);
    const many: Size = { tokens: Number(values.tokens), usage: Number(values.usage), audit: Number(values.audit) };
    const ready: Ready[] = [];
    for (const size of [FEW, FILLED, many]) {
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
