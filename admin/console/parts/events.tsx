import type { Webhook } from "../../../shared/webhooks.ts";
import { EVENT_WORDS } from "../webhook-words.ts";

/** What a webhook is told of. */
export function Events({ events }: Pick<Webhook, "events">) {
  return (
    <ul class="plain">
      {events.map((event) => (
        <li>{EVENT_WORDS[event]}</li>
      ))}
    </ul>
  );
}
