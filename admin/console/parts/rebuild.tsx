import type { RebuildReport, RebuildTarget } from "../../registry/reports.ts";
import { Time } from "./time.tsx";

const TARGETS: readonly { target: RebuildTarget; button: string; text: string }[] = [
  {
    target: "published",
    button: "Publish all again",
    text: "Publishes every token from the registry to the gateway and to KV. For when either was lost or restored.",
  },
  {
    target: "registry",
    button: "Rebuild the registry from KV",
    text: "Takes over the tokens that KV knows and the registry doesn't. For when the registry was lost.",
  },
];

const NUMBERS = [
  ["keys", "Keys looked at"],
  ["added", "Tokens added"],
  ["updated", "Tokens updated"],
  ["kept", "Keys already known"],
  ["renamed", "Tokens renamed because their label was taken"],
  ["unreadable", "Keys that can't be read"],
  ["unknown", "Keys that the registry doesn't know"],
  ["queued", "Tokens queued for publishing"],
  ["settings", "Settings taken over"],
] as const;

function Report({ report }: { report: RebuildReport }) {
  const target = TARGETS.find((one) => one.target === report.target);
  return (
    <>
      <h3>The last one</h3>
      <p>
        {target?.button}, begun <Time ms={report.startedAt} />: {report.done ? "done." : "still on its way."}
        {report.problem !== null && ` It paused: ${report.problem}`}
      </p>
      <dl class="facts">
        {NUMBERS.filter(([field]) => report[field] > 0).map(([field, name]) => (
          <div>
            <dt>{name}</dt>
            <dd>{String(report[field])}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The two rebuilds, and how far the last one has come; null: there was none. */
export function RebuildSection({ report }: { report: RebuildReport | null }) {
  return (
    <section class="panel">
      <h2>Rebuild</h2>
      <p>Neither of these loses anything: of two versions of a token the newer one always wins.</p>
      {TARGETS.map(({ target, button, text }) => (
        <form class="rebuild" method="post" action="/status/rebuild">
          <input type="hidden" name="target" value={target} />
          <p>{text}</p>
          <button class="button" type="submit">
            {button}
          </button>
        </form>
      ))}
      {report !== null && <Report report={report} />}
    </section>
  );
}
