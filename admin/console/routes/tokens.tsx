import type { Context, Hono } from "hono";
import { OPEN_POLICY } from "../../../shared/policy.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import { encodeTokenCursor } from "../../api/cursor.ts";
import { type FieldError, invalidInput, toFieldErrors } from "../../api/problem.ts";
import { tokenQuery } from "../../api/schemas.ts";
import type { AdminApp } from "../../context.ts";
import { requireFresh } from "../../fresh.tsx";
import { readLastUses } from "../../usage/last-uses.ts";
import { newTokenFrom, readForm, type TokenValues, valuesOf, withSecretGone } from "../forms.ts";
import { noticeText } from "../notices.ts";
import { keepSecret } from "../once.ts";
import { goOn, page } from "../page.tsx";
import { NewTokenPage } from "../pages/new-token.tsx";
import { TokensPage } from "../pages/tokens.tsx";
import { valuesOfPolicy } from "../policy-values.ts";

const NEW: TokenValues = {
  label: "",
  note: "",
  providers: PROVIDERS,
  expiry: "never",
  expiresAt: "",
  ownSecret: false,
  follow: "",
  policy: valuesOfPolicy(OPEN_POLICY),
};

async function list(c: Context<AdminApp>): Promise<Response> {
  const { query = "", status = "", provider = "", cursor, done } = c.req.query();
  // A form sends its empty fields too; to the schema they aren't there.
  const parsed = tokenQuery.safeParse({ query, status: status || undefined, provider: provider || undefined, cursor });
  if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
  const input = parsed.data;
  const { gateway, registry } = c.var.bindings;
  const { tokens, next } = await registry.listTokens({
    query: input.query,
    status: input.status ?? null,
    provider: input.provider ?? null,
    cursor: input.cursor ?? null,
    limit: input.limit,
  });
  const lastUsedAt = await readLastUses(gateway, tokens);
  return page(
    c,
    <TokensPage
      tokens={tokens.map((token) => ({ ...token, lastUsedAt: lastUsedAt(token) }))}
      filter={{ query, status, provider }}
      next={next === null ? null : encodeTokenCursor(next)}
      first={cursor === undefined}
      notice={noticeText(done)}
    />,
  );
}

interface Asked {
  values: TokenValues;
  errors?: readonly FieldError[];
}

/** The form of a new token; what was entered, or else one that follows the default policy. */
async function showNew(c: Context<AdminApp>, asked: Asked | null, status: 200 | 409 | 422): Promise<Response> {
  const { policies } = await c.var.bindings.registry.listPolicies();
  const follow = policies.find(({ isDefault }) => isDefault)?.id ?? "";
  return page(c, <NewTokenPage policies={policies} {...(asked ?? { values: { ...NEW, follow } })} />, status);
}

async function create(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const now = Date.now();
  const checked = newTokenFrom(form, now);
  const values = valuesOf(form, NEW.expiry);
  if (!checked.ok) return showNew(c, { values, errors: withSecretGone(checked.errors, form) }, 422);
  const outcome = await c.var.bindings.registry.createToken(checked.input, c.var.actor);
  if (!outcome.ok) {
    const { field, message } = outcome.refusal;
    const errors = withSecretGone([{ field: field ?? "form", message }], form);
    return showNew(c, { values, errors }, 409);
  }
  const { secret, token } = outcome.value;
  await keepSecret(c, token.id, secret, now);
  return goOn(c, `/tokens/${token.id}/secret`);
}

/** The list of tokens, and making a new one. */
export function tokenListPages(app: Hono<AdminApp>): void {
  app.get("/tokens", list);
  app.get("/tokens/new", async (c) => showNew(c, null, 200));
  app.post("/tokens", requireFresh, create);
}
