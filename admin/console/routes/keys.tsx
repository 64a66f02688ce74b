import type { Hono } from "hono";
import { z } from "@hono/zod-openapi";
import { provider } from "../../api/fields.ts";
import { invalidInput, toFieldErrors } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { checkProvider, lastChecks } from "../../providers/checking.ts";
import { ask, orNull } from "../../usage/asking.ts";
import { readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { KeysPage } from "../pages/keys.tsx";

const checkInput = z.object({ provider });

/** The provider keys. */
export function keyPages(app: Hono<AdminApp>): void {
  app.get("/keys", async (c) => {
    const { bindings } = c.var;
    const [facts, checks] = await Promise.all([ask(bindings.gateway.facts()), lastChecks(bindings)]);
    const providers = orNull(facts)?.providers ?? null;
    const notice = noticeText(c.req.query("done"));
    return page(c, <KeysPage providers={providers} checks={checks} notice={notice} now={Date.now()} />);
  });

  app.post("/keys/check", async (c) => {
    const parsed = checkInput.safeParse({ provider: (await readForm(c)).get("provider") ?? undefined });
    if (!parsed.success) throw invalidInput(toFieldErrors(parsed.error.issues));
    await checkProvider(c.var.bindings, parsed.data.provider, c.var.actor);
    return goOn(c, withNotice("/keys", "keys-checked"));
  });
}
