import type { PropsWithChildren } from "hono/jsx";
import { ENDPOINT_CLASSES, HOLDER_ACTIONS } from "../../../shared/policy.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { FieldError } from "../../api/problem.ts";
import { HOURS_EXAMPLE } from "../hours.ts";
import type { PolicyValues } from "../policy-values.ts";
import { ENDPOINT_CHOICES, HOLDER_CHOICES, PROVIDER_NAMES } from "../words.ts";
import { Choice, errorOf, Fieldset, TextArea, TextField } from "./fields.tsx";
import { LimitFields } from "./limit-fields.tsx";

// The rules of a token or of a named policy as form fields.

/** What every part of the form is told. */
export interface PolicyFieldsProps {
  values: PolicyValues;
  errors: readonly FieldError[];
}

/** The id of a field's input; null where the field has none. */
export const policyFieldId = (field: string): string | null =>
  field === "form" || field === "body" ? null : `rule-${field.replace(".", "-")}`;

/** A part of the form that opens by a click; where something is set or wrong in it, it is open from the start. */
function Part({ title, open, children }: PropsWithChildren<{ title: string; open: boolean }>) {
  return (
    <details class="part" open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

const anyOf = (errors: readonly FieldError[], pattern: RegExp): boolean =>
  errors.some(({ field }) => pattern.test(field));

function ModelFields({ values, errors }: PolicyFieldsProps) {
  const open = Object.values(values.models).some((list) => list !== "") || values.endpoints === "all";
  return (
    <Part title="Models and endpoints" open={open || anyOf(errors, /^(models|endpoints)/)}>
      <p class="hint" id="models-hint">
        One model a line, as its name or as a pattern: * stands for any characters, ? for one. Empty: all of them.
      </p>
      {PROVIDERS.map((provider) => (
        <TextArea
          id={`rule-models-${provider}`}
          name={`models.${provider}`}
          label={`Models of ${PROVIDER_NAMES[provider]}`}
          error={errorOf(errors, `models.${provider}`)}
          value={values.models[provider]}
          input={{ class: "code", spellcheck: "false", autocapitalize: "off" }}
        />
      ))}
      <Fieldset id="rule-endpoints" legend="Endpoints" error={errorOf(errors, "endpoints")}>
        <div class="choices">
          {ENDPOINT_CLASSES.map((one) => (
            <Choice
              type="radio"
              id={`endpoints-${one}`}
              name="endpoints"
              value={one}
              label={ENDPOINT_CHOICES[one]}
              checked={values.endpoints === one}
            />
          ))}
        </div>
      </Fieldset>
    </Part>
  );
}

function PlaceFields({ values, errors }: PolicyFieldsProps) {
  const { activeHours, timeZone, networks, countries } = values;
  const open = [activeHours, timeZone, networks, countries].some((text) => text.trim() !== "");
  return (
    <Part title="When and from where" open={open || anyOf(errors, /^(activeHours|timeZone|networks|countries)/)}>
      <TextArea
        id="rule-activeHours"
        name="activeHours"
        label="Hours"
        hint={`When the token works, one window a line: days, a space, from-to. For example ${HOURS_EXAMPLE}, or sat,sun 22:00-02:00, which ends on the next day. Empty: always.`}
        error={errorOf(errors, "activeHours")}
        value={activeHours}
        input={{ class: "code", spellcheck: "false", autocapitalize: "off" }}
      />
      <TextField
        id="rule-timeZone"
        name="timeZone"
        label="Time zone of the hours"
        hint="Such as Europe/Berlin, America/New_York or UTC."
        error={errorOf(errors, "timeZone")}
        input={{ value: timeZone, maxlength: 64, autocomplete: "off" }}
      />
      <TextArea
        id="rule-networks"
        name="networks"
        label="Networks"
        hint="Where requests may come from, one a line: 203.0.113.0/24, 2001:db8::/32, or a single address. Empty: everywhere."
        error={errorOf(errors, "networks")}
        value={networks}
        input={{ class: "code", spellcheck: "false", autocapitalize: "off" }}
      />
      <TextField
        id="rule-countries"
        name="countries"
        label="Countries"
        hint="Two letters each, parted by commas: DE, FR. Empty: everywhere."
        error={errorOf(errors, "countries")}
        input={{ value: countries, maxlength: 1200, autocomplete: "off" }}
      />
    </Part>
  );
}

function HolderFields({ values, errors }: PolicyFieldsProps) {
  return (
    <Fieldset
      id="rule-holderMay"
      legend="The holder may"
      hint="At the gateway's own page, with the token itself. You see it here when it was done."
      error={errorOf(errors, "holderMay")}
    >
      <div class="choices">
        {HOLDER_ACTIONS.map((action) => (
          <Choice
            type="checkbox"
            id={`holder-${action}`}
            name="holderMay"
            value={action}
            label={HOLDER_CHOICES[action]}
            checked={values.holderMay.includes(action)}
          />
        ))}
      </div>
    </Fieldset>
  );
}

/** All rules: limits, models, hours, places, and what the holder may do. */
export function PolicyFields({ values, errors }: PolicyFieldsProps) {
  return (
    <div class="rules">
      <LimitFields values={values} errors={errors} />
      <ModelFields values={values} errors={errors} />
      <PlaceFields values={values} errors={errors} />
      <HolderFields values={values} errors={errors} />
    </div>
  );
}
