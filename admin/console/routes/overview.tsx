import type { Context, Hono } from "hono";
import { invalidInput, toFieldErrors } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { readNumbers, readSeries, readStanding } from "../../overview/reading.ts";
import { overviewQuery } from "../../overview/schemas.ts";
import { measureOf } from "../../overview/series.ts";
import { page } from "../page.tsx";
import { OverviewPage } from "../pages/overview.tsx";

async function show(c: Context<AdminApp>): Promise<Response> {
  const { span: spanText, by: byText, measure: measureText } = c.req.query();
  const parsed = overviewQuery.safeParse({ span: spanText, by: byText, measure: measureText });
  if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
  const { span, by, measure = null } = parsed.data;
  const { bindings } = c.var;
  const now = Date.now();
  const [standing, numbers, told] = await Promise.all([
    readStanding(bindings, now),
    readNumbers(bindings, now),
    readSeries(bindings, span, by, now, { soon: true }),
  ]);
  const asking = { span, by, measure: measureOf(told?.series ?? null, measure) };
  return page(c, <OverviewPage standing={standing} numbers={numbers} told={told} asking={asking} />);
}

/** The page that an owner sees first, and keeps open. */
export function overviewPages(app: Hono<AdminApp>): void {
  app.get("/", show);
}
