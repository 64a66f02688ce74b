import type { Context, Hono } from "hono";
import { valueOf } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { tokenOf } from "../../finding.ts";
import { requireFresh } from "../../fresh.tsx";
import { endStreams } from "../../streams.ts";
import type { TokenView } from "../../registry/types.ts";
import { readForm } from "../forms.ts";
import { type Notice, noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { DeleteTokenPage } from "../pages/delete-token.tsx";
import { TokenPage } from "../pages/token.tsx";
import { SHOWN_CHANGES } from "../parts/token-history.tsx";
import { readTokenUsage } from "../parts/token-usage.tsx";

type TokenContext = Context<AdminApp, "/tokens/:id">;

const tokenAt = (c: TokenContext): Promise<TokenView> => tokenOf(c.var.bindings.registry, c.req.param("id"));

async function show(c: TokenContext): Promise<Response> {
  const { registry, gateway } = c.var.bindings;
  const now = Date.now();
  const asked = { tokenId: c.req.param("id"), before: null, limit: SHOWN_CHANGES };
  const [token, { entries }] = await Promise.all([tokenAt(c), registry.readAudit(asked)]);
  const told = await readTokenUsage(gateway, token.id, now);
  const notice = noticeText(c.req.query("done"));
  return page(c, <TokenPage token={token} told={told} changes={entries} now={now} notice={notice} />);
}

async function switchTo(c: TokenContext, state: "active" | "disabled", notice: Notice): Promise<Response> {
  const { id } = valueOf(await c.var.bindings.registry.updateToken(c.req.param("id"), { state }, c.var.actor));
  return goOn(c, withNotice(`/tokens/${id}`, notice));
}

async function remove(c: TokenContext): Promise<Response> {
  const [token, form] = [await tokenAt(c), await readForm(c)];
  const typed = form.get("label") ?? "";
  // A second click of the same form: it is gone already.
  if (token.status !== "deleted" && typed.trim() !== token.label) {
    return page(c, <DeleteTokenPage token={token} typed={typed} />, 422);
  }
  valueOf(await c.var.bindings.registry.deleteToken(token.id, c.var.actor));
  return goOn(c, withNotice("/tokens", "deleted"));
}

/** One token: reading it, and what is done to it by a click, or after a question. */
export function tokenPages(app: Hono<AdminApp>): void {
  app.get("/tokens/:id", show);
  app.post("/tokens/:id/enable", async (c) => switchTo(c, "active", "enabled"));
  app.post("/tokens/:id/disable", async (c) => switchTo(c, "disabled", "disabled"));
  app.post("/tokens/:id/end-streams", async (c) => {
    const { token } = await endStreams(c.var.bindings, c.req.param("id"), c.var.actor);
    return goOn(c, withNotice(`/tokens/${token.id}`, "streams-ended"));
  });
  app.get("/tokens/:id/delete", async (c) => {
    const token = await tokenAt(c);
    if (token.status === "deleted") return goOn(c, `/tokens/${token.id}`);
    return page(c, <DeleteTokenPage token={token} />);
  });
  app.post("/tokens/:id/delete", requireFresh, remove);
}
