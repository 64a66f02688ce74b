import type { ListedPrice } from "../../../shared/prices.ts";
import type { FieldError } from "../../api/problem.ts";
import type { PriceName } from "../../registry/prices.ts";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary } from "../parts/message.tsx";
import { PriceFields, priceFieldId } from "../parts/price-fields.tsx";
import type { PriceValues } from "../price-forms.ts";

interface PriceFormPageProps {
  values: PriceValues;
  /** The price that is edited; null: a new one. */
  inPlaceOf: PriceName | null;
  errors: readonly FieldError[];
  /** The built-in price that it begins with; null: none. */
  like?: ListedPrice | null;
}

/** The form of one price. */
export function PriceFormPage({ values, inPlaceOf, errors, like = null }: PriceFormPageProps) {
  const name = inPlaceOf === null ? "Add a price" : `Price of ${inPlaceOf.model}`;
  return (
    <Layout title={errors.length > 0 ? `Error: ${name}` : name} section="prices">
      <h1>{name}</h1>
      <ErrorSummary errors={errors} idOf={priceFieldId} />
      {like !== null && like.above !== null && (
        <p>
          The built-in price is higher for inputs above {String(like.above.inputTokens)} tokens. Your own counts for
          inputs of any length: enter what the longest ones cost, if budgets shall hold.
        </p>
      )}
      <form class="panel" method="post" action="/prices">
        {inPlaceOf !== null && (
          <>
            <input type="hidden" name="oldProvider" value={inPlaceOf.provider} />
            <input type="hidden" name="oldModel" value={inPlaceOf.model} />
          </>
        )}
        <PriceFields values={values} errors={errors} />
        <div class="actions">
          <button class="button primary" type="submit">
            Save price
          </button>
          <a class="button quiet" href="/prices">
            Cancel
          </a>
        </div>
      </form>
    </Layout>
  );
}
