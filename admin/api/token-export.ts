import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AdminBindings } from "../bindings.ts";
import type { AdminApp } from "../context.ts";
import type { TokenFilter } from "../registry/types.ts";
import type { Columns } from "../usage/columns.ts";
import { type ExportPage, exportResponse } from "../usage/exporting.ts";
import { FORMATS } from "../usage/schemas.ts";
import { input, oneOf } from "./fields.ts";
import { file, PROBLEMS, READ_PROBLEMS } from "./route.ts";
import { tokenJson, type tokenShape } from "./shapes.ts";

/** Tokens of a page: the free plan lets one request ask 50 times, so that is a hundred thousand. */
const ROWS = 2_000;

const format = z.enum(FORMATS, oneOf(FORMATS)).openapi({ description: "CSV by RFC 4180, or a JSON object a line." });

const download = createRoute({
  method: "get",
  path: "/api/tokens/export",
  summary: "Export all tokens, without their secrets",
  description: "Deleted ones come last. A file that isn't whole breaks off with an error.",
  request: { query: input({ format }) },
  responses: {
    200: file("The tokens, newest first.", ["text/csv", "application/x-ndjson"]),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
  },
});

type TokenLine = z.output<typeof tokenShape>;

const RULES = ["models", "endpoints", "activeHours", "networks", "countries", "limits"] as const;

const COLUMNS: Columns<TokenLine> = [
  ["id", ({ id }) => id],
  ["label", ({ label }) => label],
  ["note", ({ note }) => note],
  ["status", ({ status }) => status],
  ["providers", ({ providers }) => providers.join(" ")],
  ["createdAt", ({ createdAt }) => createdAt],
  ["updatedAt", ({ updatedAt }) => updatedAt],
  ["expiresAt", ({ expiresAt }) => expiresAt],
  ["policy.id", ({ policy }) => policy?.id ?? null],
  ["policy.name", ({ policy }) => policy?.name ?? null],
  ...RULES.map((rule) => [rule, (token: TokenLine) => JSON.stringify(token[rule])] as const),
  ["allowUnpriced", ({ allowUnpriced }) => allowUnpriced],
  ["holderMay", ({ holderMay }) => holderMay.join(" ")],
];

async function pageOf(registry: AdminBindings["registry"], filter: TokenFilter): Promise<ExportPage<TokenLine>> {
  const { tokens, next } = await registry.listTokens(filter);
  const rows = tokens.map(tokenJson);
  if (next !== null) return { rows, next: () => pageOf(registry, { ...filter, cursor: next }) };
  if (filter.status === "deleted") return { rows, next: null };
  return { rows, next: () => pageOf(registry, { ...filter, status: "deleted", cursor: null }) };
}

/** Puts the export of tokens onto the API. Before the route of one token, whose id it would be taken for. */
export function tokenExportRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(download, async (c) => {
    const match = { query: "", status: null, provider: null, policy: null };
    const all: TokenFilter = { ...match, sort: "created", descending: true, cursor: null, limit: ROWS };
    const first = await pageOf(c.var.bindings.registry, all);
    const { format } = c.req.valid("query");
    return exportResponse(first, { format, name: "doppelgate-tokens", columns: COLUMNS });
  });
}
