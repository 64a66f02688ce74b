import { addDays, dayOf, MAX_DAYS } from "../../usage/days.ts";
import { address } from "./table.tsx";

interface Download {
  name: string;
  files: readonly (readonly [kind: string, path: string])[];
}

const both = (path: string, parameters: Record<string, string> = {}): Download["files"] => [
  ["CSV", address(path, { ...parameters, format: "csv" })],
  ["JSON lines", address(path, { ...parameters, format: "ndjson" })],
];

/** All that can be downloaded. `now`: ms since 1970. */
function downloads(now: number): readonly Download[] {
  const to = dayOf(now);
  const from = addDays(to, 1 - MAX_DAYS);
  return [
    { name: "Tokens, without their secrets", files: both("/api/tokens/export") },
    { name: "Policies", files: [["JSON", "/api/policies"]] },
    { name: "Prices", files: [["JSON", "/api/prices"]] },
    { name: "Webhooks, without their secrets", files: [["JSON", "/api/webhooks"]] },
    { name: `Usage of the last ${MAX_DAYS} days`, files: both("/api/usage/export", { from, to }) },
    { name: "Audit log", files: both("/api/audit/export") },
  ];
}

const fileName = (path: string): string => `doppelgate-${path.split("/").at(-1)}.json`;

/** Links to everything that Doppelgate keeps. `now`: ms since 1970. */
export function Backup({ now }: { now: number }) {
  return (
    <section class="panel">
      <h2>Data and backup</h2>
      <dl class="settings">
        {downloads(now).map(({ name, files }) => (
          <div>
            <dt>{name}</dt>
            <dd class="actions">
              {files.map(([kind, path]) => (
                <a class="button" href={path} download={kind === "JSON" ? fileName(path) : ""}>
                  {kind} <span class="unseen">{`of: ${name}`}</span>
                </a>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p>
        No file holds a secret: of tokens there is only a hash, which is in none of them. Should KV get lost, it is made
        anew from the registry; should the registry, its tokens are made anew from KV, but not its audit log: see{" "}
        <a href="/status">the status</a>. On the free plan one download of the audit log holds about 250,000 lines;
        choose days on <a href="/audit">its page</a> for more.
      </p>
    </section>
  );
}
