import type { FieldError } from "../../api/problem.ts";
import { countryNames } from "../countries.ts";
import type { FormHelp } from "../form-help.ts";
import type { PolicyValues } from "../policy-values.ts";
import { Choice, errorOf, Fieldset, TextArea } from "./fields.tsx";
import { ListField, Options } from "./rows.tsx";

interface PlaceFieldsProps {
  values: PolicyValues;
  errors: readonly FieldError[];
  help: FormHelp;
}

const MAX_COUNTRIES = 250;

/** From where: networks and countries. */
export function PlaceFields({ values, errors, help: { network } }: PlaceFieldsProps) {
  return (
    <>
      <Fieldset id="networks" legend="Networks" quiet>
        <TextArea
          id="rule-networks"
          name="networks"
          label="Networks that requests may come from"
          hint="One a line: 203.0.113.0/24, 2001:db8::/32, or a single address. Empty: from everywhere."
          error={errorOf(errors, "networks")}
          value={values.networks.join("\n")}
          input={{ class: "code", spellcheck: "false", autocapitalize: "off" }}
        />
        {network !== null && !values.networks.includes(network) && (
          <Choice
            type="checkbox"
            id="own-network"
            name="networks"
            value={network}
            label={`Also where you are now: ${network}`}
            checked={false}
          />
        )}
      </Fieldset>
      <ListField
        id="rule-countries"
        name="countries"
        legend="Countries that requests may come from"
        noun="country"
        hint="Names or two letters: Germany, FR. None: from everywhere."
        errors={errors}
        values={values.countries}
        max={MAX_COUNTRIES}
        input={{ list: "country-names", maxlength: 80 }}
      />
      <Options id="country-names" names={countryNames()} />
    </>
  );
}
