import type { Settings } from "../../settings/reading.ts";
import { number } from "../amounts.ts";
import { Backup } from "../parts/backup.tsx";
import { Copyable } from "../parts/copyable.tsx";
import { FreePlan } from "../parts/free-plan.tsx";
import { Layout } from "../parts/layout.tsx";
import { Warning } from "../parts/message.tsx";
import { Fact } from "../parts/fact.tsx";
import { SettingList } from "../parts/setting.tsx";
import { Time } from "../parts/time.tsx";

interface SettingsPageProps {
  settings: Settings;
  /** The gateway's address as holders are told it; null: it isn't known. */
  gatewayAddress: string | null;
  /** The address of this request. */
  admin: URL;
  /** ms since 1970. */
  now: number;
}

const MEGABYTE = 1_000_000;
const AWAY = "Not known: the gateway doesn't answer";

const counted = (count: number, one: string, many: string): string => `${number(count)} ${count === 1 ? one : many}`;

function Gateway({ settings, gatewayAddress }: Pick<SettingsPageProps, "settings" | "gatewayAddress">) {
  const isSet = settings.gatewayUrl !== null;
  return (
    <Fact name="Gateway's address">
      <p>
        {gatewayAddress === null ? (
          "Not known, so pages show a placeholder where holders need it."
        ) : (
          <code class="address">{gatewayAddress}</code>
        )}
        {!isSet && gatewayAddress !== null && " It follows from the address of this page."}
      </p>
      <p class="hint">
        {isSet ? "It is" : "Name another one by"} the var <code>GATEWAY_URL</code> of the admin: set it under{" "}
        <code>[vars]</code> in <code>wrangler.admin.toml</code>, then deploy.
      </p>
    </Fact>
  );
}

const scrapeConfig = (admin: URL): string =>
  [
    "scrape_configs:",
    "  - job_name: doppelgate",
    `    scheme: ${admin.protocol.slice(0, -1)}`,
    "    metrics_path: /api/metrics",
    "    authorization:",
    "      credentials_file: /etc/prometheus/doppelgate-token",
    "    static_configs:",
    `      - targets: ["${admin.host}"]`,
  ].join("\n");

function Monitoring({ settings, admin }: Pick<SettingsPageProps, "settings" | "admin">) {
  return (
    <Fact name="Monitoring">
      <p>
        {settings.metricsToken
          ? "METRICS_TOKEN is set: it opens /api/metrics, and nothing else."
          : "METRICS_TOKEN isn't set, so /api/metrics needs a session. Set one of 16 characters or more, other than the password:"}
      </p>
      {!settings.metricsToken && (
        <Copyable name="command" text="npx wrangler secret put METRICS_TOKEN -c wrangler.admin.toml" />
      )}
      <details>
        <summary>Let Prometheus read it</summary>
        <p>The file that is named there holds the token alone.</p>
        <pre>{scrapeConfig(admin)}</pre>
      </details>
    </Fact>
  );
}

function Rules({ settings }: Pick<SettingsPageProps, "settings">) {
  const { defaultPolicy, webhooks, pricesDate } = settings;
  return (
    <SettingList title="Tokens">
      <Fact name="Policy of new tokens">
        {defaultPolicy === null ? (
          <>
            None, unless you choose one. <a href="/policies">Policies</a>
          </>
        ) : (
          <a href={`/policies/${defaultPolicy.id}`}>{defaultPolicy.name}</a>
        )}
      </Fact>
      <Fact name="Built-in prices">
        {pricesDate === null ? AWAY : `Of ${pricesDate}.`} They come with the code. <a href="/prices">Prices</a>
      </Fact>
      <Fact name="Webhooks">
        {webhooks === null ? AWAY : webhooks === 0 ? "None" : counted(webhooks, "webhook", "webhooks")}.{" "}
        <a href="/webhooks">Webhooks</a>
      </Fact>
      <Fact name="Days and periods">
        Times are shown in your browser's zone. Days of usage and of the audit log, and the periods of budgets, are
        those of UTC. Hours of a policy go by the zone that it names.
      </Fact>
    </SettingList>
  );
}

function Versions({ settings }: Pick<SettingsPageProps, "settings">) {
  const { admin, gateway } = settings.versions;
  return (
    <>
      <Fact name="Version of the admin">{admin}</Fact>
      <Fact name="Version of the gateway">{gateway ?? AWAY}</Fact>
    </>
  );
}

/** What is set, and where it is changed. */
export function SettingsPage({ settings, gatewayAddress, admin, now }: SettingsPageProps) {
  const { versions, registry } = settings;
  const { bytes, audit } = registry;
  return (
    <Layout title="Settings" section="settings">
      <h1>Settings</h1>
      {versions.gateway !== null && versions.gateway !== versions.admin && (
        <Warning>
          <p>
            The two Workers have different versions. Deploy both: <code>npm run deploy</code>
          </p>
        </Warning>
      )}
      <SettingList title="This deployment">
        <Gateway settings={settings} gatewayAddress={gatewayAddress} />
        <Fact name="Signing in">
          <a href="/settings/sign-in">Ways to sign in</a>, and <a href="/sessions">who is signed in</a>. A new{" "}
          <code>ADMIN_SECRET</code> signs everyone out.
        </Fact>
        <Fact name="Provider keys">
          <p class="lone">
            <a href="/keys">How each stands, and how to set one</a>
          </p>
        </Fact>
        <Monitoring settings={settings} admin={admin} />
        <Versions settings={settings} />
        <Fact name="Registry">
          {`${number(Math.ceil(bytes / MEGABYTE))} MB of at most 10 GB. `}
          {audit.since !== null && (
            <>
              The audit log has up to {counted(audit.lines, "line", "lines")}, since <Time ms={audit.since} />.{" "}
            </>
          )}
          <a href="/status">Status and rebuilds</a>
        </Fact>
      </SettingList>
      <Rules settings={settings} />
      <FreePlan settings={settings} />
      <Backup now={now} />
      <section class="panel">
        <h2>Switch the admin off</h2>
        <p>
          The gateway doesn't need this console: tokens go on working without it. This takes its address off the
          internet until you switch it on again, now or at a time; with a domain of your own, take that off in
          Cloudflare's dashboard.
        </p>
        <Copyable name="command" text="./schedule.sh admin disable" />
        <Copyable name="command" text="./schedule.sh admin enable" />
      </section>
    </Layout>
  );
}
