// `npm run bench:growth`: how long the gateway's authorisation and the console's pages take with few tokens and with many. Both
// Workers run on bare `workerd serve`, with little stored, with as much as fills every page, and with much, and are asked in turns. See `--help`.
import { parseArgs } from "node:util";
import { measureGrowth } from "./growth.ts";
import { jsonOf, tableOf } from "./report.ts";

const HELP = `npm run bench:growth -- [options]
  --tokens=100000   tokens of the large size
  --usage=1000000   rows of usage of the large size
  --audit=1000000   lines of the audit log of the large size
  --rounds=15       how often each page is asked for, after a warm-up
  --only=TEXT       only pages whose name has this in it; API: the JSON API's reports of usage instead of pages
  --state=FOLDER    keep what is stored in there, and use it again
  --json            one JSON object on the last line: in \`growth\`, \`authorize\` is a request with a token, many ÷ few;
                    \`console\` all pages together that show as much, many ÷ filled; \`consoleFromFew\` the same, many ÷ few`;

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

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const { tokens, usage, audit, rounds, only, state } = values;
  const many = { tokens: Number(tokens), usage: Number(usage), audit: Number(audit) };
  const { pages, authorized } = await measureGrowth({ many, rounds: Number(rounds), only, state: state ?? null }, say);
  process.stdout.write(`${tableOf(pages, authorized)}\n`);
  if (values.json) process.stdout.write(`${jsonOf(pages, authorized)}\n`);
}

if (values.help) say(HELP);
else await main();
