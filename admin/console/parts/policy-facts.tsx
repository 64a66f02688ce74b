import type { Policy } from "../../../shared/policy.ts";
import type { Provider } from "../../../shared/providers.ts";
import { policyFacts } from "../../registry/policy-words.ts";
import { FIELD_NAMES } from "../audit-words.ts";
import { policySentence, type Spoken } from "../policy-sentence.ts";
import { FactValue } from "./audit-changes.tsx";

interface PolicyFactsProps {
  policy: Policy;
  /** Which the token is for. */
  providers: readonly Provider[];
  /** Whose policy it is; left out: a named policy. */
  spoken?: Spoken;
}

/** What a policy says: a sentence, and each rule that bounds something. */
export function PolicyFacts({ policy, providers, spoken }: PolicyFactsProps) {
  const facts = Object.entries(policyFacts(policy)).filter(([, value]) => value !== null);
  return (
    <>
      <p>{policySentence(policy, providers, spoken)}</p>
      <dl class="facts">
        {facts.map(([field, value]) => (
          <div>
            <dt>{FIELD_NAMES[field] ?? field}</dt>
            <dd>
              <FactValue field={field} value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
