import type { FieldError } from "../../api/problem.ts";
import type { Provider } from "../../../shared/providers.ts";
import type { Trial } from "../../handover/trial.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { SelectField } from "./fields.tsx";

/** What a test came to, in words: for the page, and for the script that asks without one. */
export function trialWords({ provider, model, status, ms, text, error }: Trial): {
  good: boolean;
  title: string;
  detail: string;
} {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  const name = PROVIDER_NAMES[provider];
  if (error === null) {
    const said = text === null ? "It answered, but with no words in the room that a test leaves it." : `“${text}”`;
    return { good: true, title: `It works: ${model} of ${name} answered in ${seconds}.`, detail: said };
  }
  const who = error.by === "gateway" ? "Doppelgate" : name;
  const code = error.code === null ? "" : ` (${error.code})`;
  const title = status === null ? "The gateway didn't answer." : `${who} refused it with status ${status}${code}.`;
  return { good: false, title, detail: error.message };
}

/** What a test came to. */
function TrialResult({ trial }: { trial: Trial }) {
  const { good, title, detail } = trialWords(trial);
  return (
    <div class={`message ${good ? "good" : "bad"}`}>
      <p>{title}</p>
      <p class="note">{detail}</p>
    </div>
  );
}

interface TrialFormProps {
  tokenId: string;
  /** It stands on the page already, and goes where it is for: through the gateway. */
  secret: string;
  /** A model of each provider that the token is for. */
  models: Partial<Record<Provider, string>>;
  trial: Trial | null;
  errors: readonly FieldError[];
}

/** Sends one real request with the token, and shows what came back. The script does it without leaving the page. */
export function TrialForm({ tokenId, secret, models, trial, errors }: TrialFormProps) {
  const choices = Object.entries(models).map(([provider, model]): [string, string] => [
    provider,
    `${PROVIDER_NAMES[provider as Provider]}: ${model}`,
  ]);
  return (
    <form class="trial" method="post" action={`/tokens/${tokenId}/secret/test`} data-trial>
      <input type="hidden" name="secret" value={secret} />
      <SelectField id="provider" name="provider" label="Ask" value={trial?.provider ?? ""} choices={choices} />
      <button class="button" type="submit">
        Test it now
      </button>
      <div class="result" aria-live="polite">
        {errors.map(({ message }) => (
          <p class="error">{message}</p>
        ))}
        {trial !== null && <TrialResult trial={trial} />}
      </div>
    </form>
  );
}
