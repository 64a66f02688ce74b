import { TRIAL_WORDS, type TrialWord } from "../webhook-words.ts";
import { Notice, Warning } from "./message.tsx";

/** How a webhook's test went; null: there was none. */
export function Trial({ trial }: { trial: TrialWord | null }) {
  if (trial === null) return null;
  if (trial === "delivered") return <Notice text={TRIAL_WORDS[trial]} />;
  return (
    <Warning>
      <p>{TRIAL_WORDS[trial]}</p>
    </Warning>
  );
}
