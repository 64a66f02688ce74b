import type { Context, Hono } from "hono";
import { noSuchBulk } from "../../api/bulk.ts";
import { tokenMatch } from "../../api/list-schemas.ts";
import { type FieldError, invalidInput, toFieldErrors, valueOf } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import type { BulkChoice } from "../../registry/bulk-types.ts";
import { askedFrom, type BulkAsked, bulkFrom, extensionPreview, extendValues } from "../bulk-forms.ts";
import { matchFrom } from "../filter-fields.ts";
import { readForm } from "../forms.ts";
import { goOn, page, wantsJson } from "../page.tsx";
import { BulkReportPage, BulksPage } from "../pages/bulk-report.tsx";
import { BulkPage, NothingSelectedPage } from "../pages/bulk.tsx";

function choiceOf({ all, ids, filter }: BulkAsked): BulkChoice {
  if (!all) return { ids };
  const errors: FieldError[] = [];
  const parsed = tokenMatch.safeParse(matchFrom(filter, errors));
  if (errors.length > 0) throw invalidInput(errors);
  if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
  return { filter: parsed.data };
}

/** The page that asks, with what was entered and what is wrong with it. */
async function ask(
  c: Context<AdminApp>,
  fields: URLSearchParams,
  errors: readonly FieldError[],
  status: 200 | 409 | 422,
): Promise<Response> {
  const { registry } = c.var.bindings;
  const asked = askedFrom(fields);
  const [preview, policies] = await Promise.all([registry.previewBulk(choiceOf(asked)), registry.policyNames()]);
  if (preview.total === 0) return page(c, <NothingSelectedPage asked={asked} />, status);
  // As the form would be sent from the page that is shown.
  const sent = new URLSearchParams(fields);
  sent.set("expect", String(preview.total));
  const { sentence } = extensionPreview(sent, asked, Date.now());
  const entered = { extend: extendValues(fields), policy: fields.get("policy-to-follow") ?? "", sentence };
  return page(c, <BulkPage asked={asked} preview={preview} policies={policies} errors={errors} {...entered} />, status);
}

/** What the form of an extension means as it stands: for the script as JSON, else the form again. */
async function preview(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  if (!wantsJson(c)) return ask(c, form, [], 200);
  return c.json({ ...extensionPreview(form, askedFrom(form), Date.now()), folds: {} });
}

async function start(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const asked = askedFrom(form);
  const checked = bulkFrom(form, asked, Date.now());
  if (!checked.ok) return ask(c, form, checked.errors, 422);
  const outcome = await c.var.bindings.registry.startBulk(checked.input, c.var.actor);
  if (outcome.ok) return goOn(c, `/tokens/bulk/${outcome.value.id}`);
  const { field, message } = outcome.refusal;
  return ask(c, form, [{ field: field ?? "form", message }], 409);
}

/** Actions on many tokens: asking, beginning one, and how far it is. */
export function bulkPages(app: Hono<AdminApp>): void {
  app.get("/tokens/bulk", async (c) => {
    const fields = new URL(c.req.url).searchParams;
    if (fields.has("action")) return ask(c, fields, [], 200);
    const reports = await c.var.bindings.registry.listBulks();
    return page(c, <BulksPage reports={reports} now={Date.now()} />);
  });
  app.post("/tokens/bulk", requireFresh, start);
  app.post("/tokens/bulk/preview", preview);

  app.get("/tokens/bulk/:bulk", async (c) => {
    const report = await c.var.bindings.registry.findBulk(c.req.param("bulk"));
    if (report === null) throw noSuchBulk();
    return page(c, <BulkReportPage report={report} />);
  });
  app.post("/tokens/bulk/:bulk/stop", async (c) => {
    const { id } = valueOf(await c.var.bindings.registry.stopBulk(c.req.param("bulk"), c.var.actor));
    return goOn(c, `/tokens/bulk/${id}`);
  });
}
