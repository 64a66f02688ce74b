import type { Context, Hono } from "hono";
import { encodeTokenCursor } from "../../api/cursor.ts";
import { DEFAULT_SORT, sortOf, tokenQuery } from "../../api/list-schemas.ts";
import { type FieldError, invalidInput, toFieldErrors } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import type { TokenCursor } from "../../registry/types.ts";
import { filterFields, matchFrom } from "../filter-fields.ts";
import { noticeText } from "../notices.ts";
import { page } from "../page.tsx";
import { TokensPage, WrongFilterPage } from "../pages/tokens.tsx";

async function list(c: Context<AdminApp>): Promise<Response> {
  const { sort: asked = "", cursor, done } = c.req.query();
  const fields = filterFields((name) => c.req.query(name));
  const { registry } = c.var.bindings;
  const errors: FieldError[] = [];
  const match = matchFrom(fields, errors);
  if (errors.length > 0) {
    const props = { filter: { ...fields, sort: asked }, policies: await registry.policyNames(), errors };
    return page(c, <WrongFilterPage {...props} />, 422);
  }
  const parsed = tokenQuery.safeParse({ ...match, sort: asked || undefined, cursor });
  if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
  const [found, policies] = await Promise.all([registry.listTokens(parsed.data), registry.policyNames()]);
  const sort = sortOf(parsed.data);
  const place = (at: TokenCursor | null): string | null => (at === null ? null : encodeTokenCursor(at, sort));
  return page(
    c,
    <TokensPage
      tokens={found.tokens}
      total={found.total}
      totalIsExact={found.totalIsExact}
      filter={{ ...fields, sort: sort === DEFAULT_SORT ? "" : sort }}
      sort={sort}
      policies={policies}
      uses={found.uses}
      previous={place(found.previous)}
      next={place(found.next)}
      first={found.previous === null && (found.tokens.length > 0 || cursor === undefined)}
      notice={noticeText(done)}
      now={Date.now()}
    />,
  );
}

/** The list of tokens. */
export function tokenListPages(app: Hono<AdminApp>): void {
  app.get("/tokens", list);
}
