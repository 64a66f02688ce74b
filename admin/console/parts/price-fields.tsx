import type { ListedPrice, ModelPrice, PriceName } from "../../../shared/prices.ts";
import { PRICE_NAMES } from "../../../shared/prices.ts";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { FieldError } from "../../api/problem.ts";
import { NUMBER_FIELDS, type PriceValues } from "../price-forms.ts";
import { KIND_NAMES, PROVIDER_NAMES } from "../words.ts";
import { errorOf, Fieldset, SelectField, TextField } from "./fields.tsx";

const list = (rates: Partial<Record<PriceName, number>>): string =>
  PRICE_NAMES.filter((kind) => rates[kind] !== undefined)
    .map((kind) => `${KIND_NAMES[kind]} ${rates[kind]}`)
    .join(", ");

interface AmountsProps {
  price: ModelPrice;
  above?: ListedPrice["above"];
}

/** What a model costs, in words. */
export function Amounts({ price, above = null }: AmountsProps) {
  const { usdPerMillion, usdPerRequest, usdPerAudioMinute } = price;
  const byTime = usdPerAudioMinute !== null && usdPerMillion.input === 0 && usdPerMillion.output === 0;
  return (
    <>
      {!byTime && list(usdPerMillion)}
      {usdPerRequest !== null && <div>{`Request ${usdPerRequest}`}</div>}
      {usdPerAudioMinute !== null && <div>{`Minute of audio ${Number(usdPerAudioMinute.toFixed(6))}`}</div>}
      {above !== null && (
        <div class="sub">{`Input above ${above.inputTokens} tokens: ${list(above.usdPerMillion)}`}</div>
      )}
    </>
  );
}

const OTHERS: Record<(typeof NUMBER_FIELDS)[number], readonly [label: string, hint: string]> = {
  usdPerRequest: ["Each request", "US dollars on top of all others."],
  usdPerAudioMinute: ["Minute of audio", "US dollars, where audio is billed by time."],
  maxOutputTokens: ["Most output", "Tokens. Held back from a budget where a request sets no bound itself."],
  contextTokens: ["Most input", "Tokens. Held back from a budget where a request names files or earlier answers."],
};

/** The id of a field's input. */
export const priceFieldId = (field: string): string | null => (field === "form" ? null : `price-${field}`);

interface PriceFieldsProps {
  values: PriceValues;
  errors: readonly FieldError[];
}

function NumberField({ name, label, hint, values, errors }: PriceFieldsProps & NumberFieldProps) {
  return (
    <TextField
      id={`price-${name}`}
      name={name}
      label={label}
      {...(hint !== undefined && { hint })}
      error={errorOf(errors, name)}
      input={{ value: values[name], inputmode: "decimal", autocomplete: "off" }}
    />
  );
}

interface NumberFieldProps {
  name: PriceName | (typeof NUMBER_FIELDS)[number];
  label: string;
  hint?: string;
}

/** The fields of one price. */
export function PriceFields({ values, errors }: PriceFieldsProps) {
  return (
    <>
      <SelectField
        id="price-provider"
        name="provider"
        label="Provider"
        error={errorOf(errors, "provider")}
        value={values.provider}
        choices={PROVIDERS.map((provider) => [provider, PROVIDER_NAMES[provider]] as const)}
      />
      <TextField
        id="price-model"
        name="model"
        label="Model"
        hint="Its name, or a pattern: * stands for any characters, ? for one."
        error={errorOf(errors, "model")}
        input={{ value: values.model, maxlength: 200, required: true, autocomplete: "off" }}
      />
      <Fieldset
        id="price-usdPerMillion"
        legend="US dollars for a million tokens"
        hint="Input and output are needed. What you leave empty costs what such tokens usually do, as part of these two."
        error={errorOf(errors, "usdPerMillion")}
      >
        {PRICE_NAMES.map((kind) => (
          <NumberField name={kind} label={KIND_NAMES[kind]} values={values} errors={errors} />
        ))}
      </Fieldset>
      {NUMBER_FIELDS.map((name) => (
        <NumberField name={name} label={OTHERS[name][0]} hint={OTHERS[name][1]} values={values} errors={errors} />
      ))}
    </>
  );
}
