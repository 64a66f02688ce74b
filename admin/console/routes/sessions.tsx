import type { Hono } from "hono";
import { valueOf } from "../../api/problem.ts";
import { clearSessionCookie } from "../../auth/cookie.ts";
import type { AdminApp } from "../../context.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { SessionsPage } from "../pages/sessions.tsx";

/** The live sessions. Ending one asks for no fresh proof: whoever sees a stranger among them is in a hurry. */
export function sessionPages(app: Hono<AdminApp>): void {
  app.get("/sessions", async (c) => {
    const { bindings, session } = c.var;
    const { idleMs, access } = bindings.signIn;
    const sessions = await bindings.registry.listSessions(idleMs);
    const notice = noticeText(c.req.query("done"));
    return page(
      c,
      <SessionsPage
        sessions={sessions}
        current={session.jti}
        idleMs={idleMs}
        byAccess={access !== null}
        notice={notice}
      />,
    );
  });

  app.post("/sessions/:jti/end", async (c) => {
    const { bindings, session, actor } = c.var;
    const jti = c.req.param("jti");
    valueOf(await bindings.registry.endSession(jti, actor));
    if (jti !== session.jti) return goOn(c, withNotice("/sessions", "session-ended"));
    clearSessionCookie(c);
    return goOn(c, withNotice("/sign-in", "signed-out"));
  });

  app.post("/sessions/end-others", async (c) => {
    await c.var.bindings.registry.endOtherSessions(c.var.actor);
    return goOn(c, withNotice("/sessions", "others-ended"));
  });

  app.post("/sessions/end-all", async (c) => {
    await c.var.bindings.registry.endAllSessions(c.var.actor);
    clearSessionCookie(c);
    return goOn(c, withNotice("/sign-in", "all-ended"));
  });
}
