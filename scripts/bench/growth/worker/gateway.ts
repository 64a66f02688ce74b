import gateway, { Ledger as RealLedger } from "../../../../gateway/index.ts";
import { foldDays, sweepUsage } from "../../../../gateway/ledger/folding.ts";
import { sweepHours } from "../../../../gateway/ledger/hours.ts";
import { LEDGER_NAME } from "../../../../gateway/ledger/ledger.ts";
import { foldMonths } from "../../../../gateway/ledger/months.ts";
import { takeRows } from "../../../../gateway/ledger/rollup.ts";
import { emptyRow } from "../../../../gateway/usage/row.ts";
import { checkRecord } from "../../../../shared/record.ts";
import type { UsageRow } from "../../../../shared/usage.ts";
import { reportsOf, type UsageStory } from "./usage-story.ts";

// The gateway as it is, with a door for the benchmark: to fill its ledger as a year of reports would, in big transactions.
export * from "../../../../gateway/index.ts";

const DOOR = "/bench/";

function rowOf({
  tokenId,
  day,
  provider,
  model,
  requests,
  tokens,
  micros,
}: ReturnType<typeof reportsOf>[number]["rows"][number]): UsageRow {
  const row = emptyRow(tokenId, { day, provider, model });
  row.requests = requests;
  row.counts.input = tokens;
  row.counts.output = Math.floor(tokens / 4);
  row.micros = micros;
  row.errors.providerBusy = requests > 30 ? 1 : 0;
  row.timed = requests;
  row.ttfbMs = requests * 300;
  row.durationMs = requests * 2_000;
  return row;
}

/** The ledger, which can be filled with days that are over. */
export class Ledger extends RealLedger {
  /** Takes a day's reports, hour by hour, and then tidies up as the alarm does once a day. */
  async fillDay(story: UsageStory): Promise<void> {
    const { storage } = this.ctx;
    storage.transactionSync(() => {
      for (const { tokenId, at, rows, budgets } of reportsOf(story)) {
        takeRows(storage, { tokenId, rows: rows.map(rowOf), lastUsedAt: at, budgets }, at + 20_000);
      }
    });
    // As at noon of the day after, at most now.
    const now = Math.min(story.now, Date.parse(`${story.day}T00:00:00Z`) + 36 * 60 * 60_000);
    foldDays(storage, now);
    while (foldMonths(storage, now) || sweepUsage(storage.sql, now) || sweepHours(storage.sql, now));
  }
}

async function door(request: Request, url: URL, env: GatewayEnv): Promise<Response> {
  // The bindings' types know the real classes alone.
  if (url.pathname === `${DOOR}usage`) {
    const ledger = (env.LEDGER as unknown as DurableObjectNamespace<Ledger>).getByName(LEDGER_NAME);
    await ledger.fillDay(await request.json<UsageStory>());
    return Response.json({});
  }
  const record = checkRecord(await request.json());
  if (record === null) return new Response("no record", { status: 400 });
  await env.GUARD.getByName(record.id).apply(record);
  return Response.json({});
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const url = new URL(request.url);
    return url.pathname.startsWith(DOOR) ? door(request, url, env) : gateway.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<GatewayEnv>;
