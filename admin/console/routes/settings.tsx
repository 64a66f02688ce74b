import type { Hono } from "hono";
import type { AdminApp } from "../../context.ts";
import { readSettings } from "../../settings/reading.ts";
import { gatewayAddress } from "../../handover/gateway-address.ts";
import { page } from "../page.tsx";
import { SettingsPage } from "../pages/settings.tsx";

/** What is set, and where it is changed. */
export function settingsPages(app: Hono<AdminApp>): void {
  app.get("/settings", async (c) => {
    const { bindings } = c.var;
    const [now, admin] = [Date.now(), new URL(c.req.url)];
    const settings = await readSettings(bindings, now);
    const address = gatewayAddress(bindings.gatewayUrl, admin);
    return page(c, <SettingsPage settings={settings} gatewayAddress={address} admin={admin} now={now} />);
  });
}
