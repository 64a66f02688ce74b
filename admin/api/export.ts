import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { RequestQuery, UsageRowQuery } from "../../shared/usage.ts";
import type { AdminBindings } from "../bindings.ts";
import type { AdminApp } from "../context.ts";
import { readOf } from "../usage/asking.ts";
import { REQUEST_COLUMNS, type RequestLine, USAGE_COLUMNS, type UsageLine } from "../usage/columns.ts";
import { type ExportPage, exportResponse } from "../usage/exporting.ts";
import { makeLabels } from "../usage/labels.ts";
import { requestJson } from "../usage/request-shapes.ts";
import { exportQuery, requestExportQuery } from "../usage/schemas.ts";
import { rowJson } from "../usage/shapes.ts";
import { file, PROBLEMS, READ_PROBLEMS } from "./route.ts";
import { askedRange, knownToken } from "./usage.ts";

/** As much as the gateway tells at once: the platform lets one request make few calls. */
const ROWS = 1_000;
const TYPES = ["text/csv", "application/x-ndjson"];
const PROBLEMS_OF_BOTH = { ...READ_PROBLEMS, ...PROBLEMS.input, ...PROBLEMS.missing };

const usage = createRoute({
  method: "get",
  path: "/api/usage/export",
  summary: "Export the usage, row by row",
  description: "A row for each day, token, provider and model. A file that isn't whole breaks off with an error.",
  request: { query: exportQuery },
  responses: { 200: file("The rows, oldest day first.", TYPES), ...PROBLEMS_OF_BOTH },
});

const requests = createRoute({
  method: "get",
  path: "/api/tokens/{id}/requests/export",
  summary: "Export a token's last requests",
  request: { params: z.object({ id: z.string() }), query: requestExportQuery },
  responses: { 200: file("All that are kept, newest first.", TYPES), ...PROBLEMS_OF_BOTH },
});

async function usagePage(
  gateway: AdminBindings["gateway"],
  query: UsageRowQuery,
  labelsOf: ReturnType<typeof makeLabels>,
): Promise<ExportPage<UsageLine>> {
  const { rows, next } = await readOf(gateway.usageRows(query));
  const labels = await labelsOf(rows.map(({ tokenId }) => tokenId));
  const goOn = () => usagePage(gateway, { ...query, after: next }, labelsOf);
  return { rows: rows.map((row) => rowJson(row, labels)), next: next === null ? null : goOn };
}

async function requestsPage(
  gateway: AdminBindings["gateway"],
  query: RequestQuery,
  label: string,
): Promise<ExportPage<RequestLine>> {
  const { entries, next } = await readOf(gateway.requests(query));
  const rows = entries.map((entry) => ({ token: query.tokenId, label, ...requestJson(entry) }));
  return { rows, next: next === null ? null : () => requestsPage(gateway, { ...query, before: next }, label) };
}

/** Puts the routes of the exports onto the API. */
export function exportRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(usage, async (c) => {
    const { token = null, format, ...query } = c.req.valid("query");
    const range = askedRange(query);
    if (token !== null) await knownToken(c, token);
    const { gateway, registry } = c.var.bindings;
    const all = { tokenId: token, ...range, after: null, limit: ROWS };
    const first = await usagePage(gateway, all, makeLabels(registry));
    const name = `doppelgate-usage-${range.from}-${range.to}${token === null ? "" : `-${token}`}`;
    return exportResponse(first, { format, name, columns: USAGE_COLUMNS });
  });

  api.openapi(requests, async (c) => {
    const { id } = c.req.valid("param");
    const { format } = c.req.valid("query");
    const label = await knownToken(c, id);
    const first = await requestsPage(c.var.bindings.gateway, { tokenId: id, before: null, limit: ROWS }, label);
    return exportResponse(first, { format, name: `doppelgate-requests-${id}`, columns: REQUEST_COLUMNS });
  });
}
