import { PROVIDERS } from "../../../shared/providers.ts";
import type { FieldError } from "../../api/problem.ts";
import type { FormHelp } from "../form-help.ts";
import type { PolicyValues } from "../policy-values.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { Choice, Fieldset } from "./fields.tsx";
import { ListField, Options } from "./rows.tsx";

interface ModelFieldsProps {
  values: PolicyValues;
  errors: readonly FieldError[];
  help: FormHelp;
}

const MAX_MODELS = 200;

function UnpricedField({ values }: Pick<ModelFieldsProps, "values">) {
  return (
    <Fieldset id="rule-allowUnpriced" legend="Models without a known price">
      <div class="choices">
        <Choice
          type="checkbox"
          id="allow-unpriced"
          name="allowUnpriced"
          value="yes"
          label="May be used under a budget in dollars, where they count as nothing"
          checked={values.allowUnpriced}
        />
      </div>
    </Fieldset>
  );
}

/** Which models, and whether those without a price too. */
export function ModelFields({ values, errors, help }: ModelFieldsProps) {
  return (
    <div class="rules">
      <p class="hint">
        Names of models, or patterns: * stands for any characters, ? for one. A provider without any: all of its models.
        What is known by name has <a href="/prices">a price</a>.
      </p>
      <div class="columns">
        {PROVIDERS.map((provider) => (
          <>
            <ListField
              id={`rule-models-${provider}`}
              name={`models.${provider}`}
              legend={`Models of ${PROVIDER_NAMES[provider]}`}
              noun="model"
              errors={errors}
              values={values.models[provider]}
              max={MAX_MODELS}
              input={{ list: `known-${provider}`, class: "code", spellcheck: "false", autocapitalize: "off" }}
            />
            <Options id={`known-${provider}`} names={help.models[provider]} />
          </>
        ))}
      </div>
      <UnpricedField values={values} />
    </div>
  );
}
