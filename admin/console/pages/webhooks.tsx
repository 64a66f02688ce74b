import { type Webhook, type WebhookEvent, WEBHOOK_EVENTS } from "../../../shared/webhooks.ts";
import type { FieldError } from "../../api/problem.ts";
import { number } from "../amounts.ts";
import { Choice, errorOf, Fieldset, TextField } from "../parts/fields.tsx";
import { Events } from "../parts/events.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary, Notice, Warning } from "../parts/message.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Trial } from "../parts/trial-notice.tsx";
import { EVENT_WORDS, type TrialWord } from "../webhook-words.ts";

/** What the owner entered, to show it again beside the errors. */
export interface WebhookValues {
  url: string;
  events: readonly WebhookEvent[];
}

interface WebhooksPageProps {
  /** Null where the gateway doesn't answer. */
  webhooks: readonly Webhook[] | null;
  values: WebhookValues;
  errors: readonly FieldError[];
  notice: string | null;
  /** How the test before this page went; null: there was none. */
  trial: TrialWord | null;
}

function LastTry({ lastTry }: Pick<Webhook, "lastTry">) {
  if (lastTry === null) return <>None yet</>;
  const { at, status } = lastTry;
  const delivered = status !== null && status >= 200 && status < 300;
  return (
    <>
      <span class={delivered ? "badge active" : "badge expired"}>
        {status === null ? "No answer" : `Answered ${status}`}
      </span>
      <span class="sub">
        <Time ms={at} />
      </span>
      {status === 410 && <span class="sub">It is gone: nothing but tests is sent.</span>}
    </>
  );
}

function Actions({ id, url }: Webhook) {
  return (
    <div class="actions">
      <form method="post" action={`/webhooks/${id}/test`}>
        <button class="button" type="submit">
          Test <span class="unseen">{url}</span>
        </button>
      </form>
      <form method="post" action={`/webhooks/${id}/remove`}>
        <button class="button danger" type="submit">
          Remove <span class="unseen">{url}</span>
        </button>
      </form>
    </div>
  );
}

const COLUMNS: readonly Column<Webhook>[] = [
  {
    title: "Address",
    cell: ({ id, url }) => (
      <a class="label address" href={`/webhooks/${id}`}>
        {url}
      </a>
    ),
  },
  {
    title: "Told of",
    cell: ({ events }) => <Events events={events} />,
  },
  { title: "Last try", cell: ({ lastTry }) => <LastTry lastTry={lastTry} /> },
  { title: "Waiting", numeric: true, cell: ({ waiting }) => number(waiting) },
  { title: "Given up", numeric: true, cell: ({ givenUp }) => number(givenUp) },
  { title: "Actions", cell: (webhook) => <Actions {...webhook} /> },
];

function AddForm({ values, errors }: Pick<WebhooksPageProps, "values" | "errors">) {
  return (
    <form class="panel" method="post" action="/webhooks">
      <h2>Add a webhook</h2>
      <TextField
        id="url"
        name="url"
        label="Address"
        hint="Each event is posted there as JSON, signed, and tried again for a while where nobody takes it."
        error={errorOf(errors, "url")}
        input={{ type: "url", value: values.url, required: true, maxlength: 2000, autocomplete: "off" }}
      />
      <Fieldset id="events" legend="Events" error={errorOf(errors, "events")}>
        <div class="choices">
          {WEBHOOK_EVENTS.map((event) => (
            <Choice
              type="checkbox"
              id={`event-${event}`}
              name="events"
              value={event}
              label={EVENT_WORDS[event]}
              checked={values.events.includes(event)}
            />
          ))}
        </div>
      </Fieldset>
      <button class="button primary" type="submit">
        Add webhook
      </button>
    </form>
  );
}

function List({ webhooks }: Pick<WebhooksPageProps, "webhooks">) {
  if (webhooks === null) {
    return (
      <Warning>
        <h2>The gateway doesn't answer</h2>
        <p>It keeps the webhooks, so they can't be shown now. Nothing is lost: load this page again in a while.</p>
      </Warning>
    );
  }
  if (webhooks.length === 0) return <p class="empty">There are no webhooks yet.</p>;
  return <Table caption="Webhooks, oldest first" columns={COLUMNS} rows={webhooks} />;
}

/** Who is told of what happens. */
export function WebhooksPage({ webhooks, values, errors, notice, trial }: WebhooksPageProps) {
  return (
    <Layout title={errors.length > 0 ? "Error: Webhooks" : "Webhooks"} section="webhooks">
      <h1>Webhooks</h1>
      <Notice text={notice} />
      <Trial trial={trial} />
      <ErrorSummary errors={errors} idOf={(field) => (field === "form" ? null : field)} />
      <p>Addresses that the gateway tells of what happens, by itself and behind the requests.</p>
      <List webhooks={webhooks} />
      <div class="after">
        <AddForm values={values} errors={errors} />
      </div>
    </Layout>
  );
}
