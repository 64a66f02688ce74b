import type { Context, Hono } from "hono";
import type { UsageGroupRow, UsageQuery } from "../../../shared/usage.ts";
import { encodeRequestCursor } from "../../api/cursor.ts";
import { invalidInput, noSuchToken, toFieldErrors } from "../../api/problem.ts";
import type { AdminBindings } from "../../bindings.ts";
import type { AdminApp } from "../../context.ts";
import { ask, orNull } from "../../usage/asking.ts";
import { lastDays, rangeFrom, USUAL_DAYS } from "../../usage/days.ts";
import { inOrder, labelsOfReport } from "../../usage/reading.ts";
import { requestQuery, usageQuery } from "../../usage/schemas.ts";
import { page } from "../page.tsx";
import { MOST_TOKENS, type UsageAsking, UsagePage, type UsageTold } from "../pages/usage.tsx";
import { TokenRequestsPage } from "../pages/token-requests.tsx";
import { SPANS } from "../parts/usage-parts.tsx";

/** Models of which some requests have no price. Told apart from the report, whose rows may be of something else. */
async function unpricedModels(gateway: AdminBindings["gateway"], query: UsageQuery): Promise<UsageGroupRow[]> {
  const asked = await ask(gateway.usage({ ...query, group: "model" }));
  return asked.ok ? asked.value.rows.filter(({ unpriced }) => unpriced > 0) : [];
}

async function tell(
  { gateway, registry }: AdminBindings,
  { range, group, token }: UsageAsking,
): Promise<UsageTold | null> {
  const isRanked = group === "token" && token === null;
  const query = { tokenId: token?.id ?? null, ...range, group, ...(isRanked && { top: MOST_TOKENS }) };
  const asked = await ask(gateway.usage(query));
  if (!asked.ok) return null;
  const report = inOrder(asked.value, group);
  const [labels, unpriced] = await Promise.all([
    labelsOfReport(registry, report, group),
    report.total.unpriced === 0 ? [] : unpricedModels(gateway, query),
  ]);
  return { report, labels, unpriced };
}

async function tokenOf(registry: AdminBindings["registry"], id: string): Promise<{ id: string; label: string }> {
  const label = (await registry.tokenLabels([id]))[id];
  if (label === undefined) throw noSuchToken();
  return { id, label };
}

async function show(c: Context<AdminApp>): Promise<Response> {
  const { days: daysText = "", token: id = "", from, to, group } = c.req.query();
  const { registry } = c.var.bindings;
  const now = Date.now();
  // A form sends its empty fields too; to the schema they aren't there.
  const parsed = usageQuery.safeParse({ token: id || undefined, from: from || undefined, to: to || undefined, group });
  if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
  const named = Boolean(from || to);
  const days = named ? null : (SPANS.find(([days]) => String(days) === daysText)?.[0] ?? USUAL_DAYS);
  const asked = days === null ? rangeFrom(parsed.data, now) : { ok: true as const, range: lastDays(days, now) };
  const token = id === "" ? null : await tokenOf(registry, id);
  if (asked.ok) {
    const asking = { range: asked.range, days, group: parsed.data.group, token };
    return page(c, <UsagePage asking={asking} told={await tell(c.var.bindings, asking)} errors={[]} />);
  }
  const range = { ...lastDays(USUAL_DAYS, now), ...(from && { from }), ...(to && { to }) };
  const asking = { range, days, group: parsed.data.group, token };
  return page(c, <UsagePage asking={asking} told={null} errors={asked.errors} />, 422);
}

async function showRequests(c: Context<AdminApp, "/tokens/:id/requests">): Promise<Response> {
  const { gateway, registry } = c.var.bindings;
  const parsed = requestQuery.safeParse({ cursor: c.req.query("cursor") });
  if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
  const { cursor = null, limit } = parsed.data;
  const token = await tokenOf(registry, c.req.param("id"));
  const told = orNull(await ask(gateway.requests({ tokenId: token.id, before: cursor, limit })));
  const next = told === null || told.next === null ? null : encodeRequestCursor(told.next);
  const entries = told === null ? null : told.entries;
  return page(c, <TokenRequestsPage token={token} entries={entries} next={next} first={cursor === null} />);
}

/** What was used: of all tokens or of one, and one's last requests. */
export function usagePages(app: Hono<AdminApp>): void {
  app.get("/usage", show);
  app.get("/tokens/:id/requests", showRequests);
}
