import type { WaitingEvent, Webhook, WebhookDeliveries, WebhookTry } from "../../../shared/webhooks.ts";
import { number } from "../amounts.ts";
import { Events } from "../parts/events.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice, Warning } from "../parts/message.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Trial } from "../parts/trial-notice.tsx";
import { EVENT_WORDS, OUTCOMES, type TrialWord } from "../webhook-words.ts";

interface WebhookPageProps {
  found: WebhookDeliveries;
  notice: string | null;
  /** How the test before this page went; null: there was none. */
  trial: TrialWord | null;
}

const isGone = ({ lastTry }: Webhook): boolean => lastTry?.status === 410;
const typeWords = (type: WebhookTry["type"]): string => (type === "test" ? "Test" : EVENT_WORDS[type]);

/** Tests that fail aren't tried again. */
function Outcome({ type, outcome }: Pick<WebhookTry, "type" | "outcome">) {
  if (type === "test" && outcome === "failed") return <span class="badge expired">Failed</span>;
  return <span class={`badge ${OUTCOMES[outcome].look}`}>{OUTCOMES[outcome].name}</span>;
}

function Resend({ webhook, event }: { webhook: Webhook; event: Pick<WaitingEvent, "eventId" | "type"> }) {
  return (
    <form method="post" action={`/webhooks/${webhook.id}/resend`}>
      <input type="hidden" name="event" value={event.eventId} />
      <button class="button" type="submit">
        Send again <span class="unseen">{EVENT_WORDS[event.type]}</span>
      </button>
    </form>
  );
}

const waitingColumns = (webhook: Webhook): readonly Column<WaitingEvent>[] => [
  { title: "Event", cell: ({ type }) => <span class="label">{EVENT_WORDS[type]}</span> },
  { title: "Happened", cell: ({ since }) => <Time ms={since} /> },
  { title: "Failed tries", numeric: true, cell: ({ tries }) => number(tries) },
  { title: "Next try", cell: ({ nextTryAt }) => <Time ms={nextTryAt} /> },
  { title: "Do", cell: (event) => <Resend webhook={webhook} event={event} /> },
];

const tryColumns = (webhook: Webhook): readonly Column<WebhookTry>[] => [
  { title: "When", cell: ({ at }) => <Time ms={at} /> },
  { title: "Event", cell: ({ type }) => typeWords(type) },
  {
    title: "Came of it",
    cell: ({ type, outcome, status, problem }) => (
      <>
        <Outcome type={type} outcome={outcome} />
        <span class="sub">{status === null ? (problem ?? "It was never tried.") : `Answered ${status}`}</span>
      </>
    ),
  },
  {
    title: "Do",
    cell: ({ eventId, type }) =>
      eventId === null || type === "test" || isGone(webhook) ? (
        "–"
      ) : (
        <Resend webhook={webhook} event={{ eventId, type }} />
      ),
  },
];

function Gone({ webhook }: { webhook: Webhook }) {
  return (
    <Warning>
      <h2>It said that it is gone</h2>
      <p>
        It answered 410, so nothing but tests is sent there. Put the receiver in order, then enable it again; what was
        given up can be sent again from the list below, for 60 days.
      </p>
      <form method="post" action={`/webhooks/${webhook.id}/revive`}>
        <button class="button" type="submit">
          Enable it again
        </button>
      </form>
    </Warning>
  );
}

function Actions({ webhook }: { webhook: Webhook }) {
  return (
    <div class="actions">
      <form method="post" action={`/webhooks/${webhook.id}/test`}>
        <button class="button" type="submit">
          Send a test
        </button>
      </form>
      {webhook.waiting > 0 && !isGone(webhook) && (
        <form method="post" action={`/webhooks/${webhook.id}/revive`}>
          <button class="button" type="submit">
            Try all that wait now
          </button>
        </form>
      )}
      <form method="post" action={`/webhooks/${webhook.id}/remove`}>
        <button class="button danger" type="submit">
          Remove
        </button>
      </form>
    </div>
  );
}

function Secret({ id, until }: { id: string; until: number | null }) {
  return (
    <section class="panel">
      <h2>Signing secret</h2>
      <p>
        {until === null ? (
          "A new one is shown once. For 24 hours events are signed with the one before too, so that nothing is lost while you give the receiver the new one."
        ) : (
          <>
            Events are signed with the one before too, until <Time ms={until} />. One that is older than that one counts
            no more.
          </>
        )}
      </p>
      <form method="post" action={`/webhooks/${id}/rotate`}>
        <button class="button" type="submit">
          Make a new secret
        </button>
      </form>
    </section>
  );
}

/** One webhook: what waits for it, how the last tries went, and all that can be done to it. */
export function WebhookPage({ found, notice, trial }: WebhookPageProps) {
  const { webhook, waiting, tries, oldSecretUntil } = found;
  const { url, events, givenUp } = webhook;
  return (
    <Layout title="Webhook" section="webhooks">
      <p class="back">
        <a href="/webhooks">Webhooks</a>
      </p>
      <h1>{url}</h1>
      <Notice text={notice} />
      <Trial trial={trial} />
      {isGone(webhook) && <Gone webhook={webhook} />}
      <section class="panel">
        <h2>Told of</h2>
        <Events events={events} />
        <p class="hint">{`${number(webhook.waiting)} waiting, ${number(givenUp)} given up since it was added.`}</p>
        <Actions webhook={webhook} />
      </section>
      {waiting.length > 0 && (
        <section class="listed">
          <h2>Waiting</h2>
          <Table caption="Events that wait, the next one first" columns={waitingColumns(webhook)} rows={waiting} />
          {webhook.waiting > waiting.length && <p class="hint">{`The next ${waiting.length} are shown.`}</p>}
        </section>
      )}
      <section class="listed">
        <h2>Last tries</h2>
        {tries.length === 0 ? (
          <p class="empty">Nothing was sent yet.</p>
        ) : (
          <Table caption="The last 50 tries, newest first" columns={tryColumns(webhook)} rows={tries} />
        )}
      </section>
      <Secret id={webhook.id} until={oldSecretUntil} />
    </Layout>
  );
}
