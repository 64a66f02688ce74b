import { matchesGlob } from "../../../shared/globs.ts";
import type { ListedPrice, ModelPrice, PriceList } from "../../../shared/prices.ts";
import { type Provider, PROVIDERS } from "../../../shared/providers.ts";
import type { PriceName, PricesView } from "../../registry/prices.ts";
import { SelectField, TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice, Warning } from "../parts/message.tsx";
import { Amounts } from "../parts/price-fields.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { PROVIDER_NAMES } from "../words.ts";

interface PricesPageProps {
  own: PricesView;
  /** Null where the gateway doesn't answer. */
  builtIn: PriceList | null;
  query: string;
  /** null: all. */
  provider: Provider | null;
  notice: string | null;
}

const address = (path: string, { provider, model }: PriceName): string =>
  `${path}?${new URLSearchParams({ provider, model }).toString()}`;

function Act({ price, action, children }: { price: PriceName; action: string; children: string }) {
  return (
    <form method="post" action={`/prices/${action}`}>
      <input type="hidden" name="provider" value={price.provider} />
      <input type="hidden" name="model" value={price.model} />
      <button class="button" type="submit">
        {children} <span class="unseen">{price.model}</span>
      </button>
    </form>
  );
}

const nameOf = ({ provider, model }: PriceName): string => `${provider} ${model.toLowerCase()}`;

const ownColumns = (builtIn: PriceList | null): readonly Column<ModelPrice>[] => {
  const listed = new Map((builtIn?.prices ?? []).map((price) => [nameOf(price), price]));
  return [
    {
      title: "Model",
      cell: (price) => (
        <a class="label" href={address("/prices/edit", price)}>
          {price.model}
        </a>
      ),
    },
    { title: "Provider", cell: ({ provider }) => PROVIDER_NAMES[provider] },
    { title: "Price", cell: (price) => <Amounts price={price} /> },
    {
      title: "Built in",
      cell: (price) => {
        const found = listed.get(nameOf(price));
        return found === undefined ? "–" : <Amounts price={found} above={found.above} />;
      },
    },
    {
      title: "Change",
      cell: (price) => (
        <div class="actions">
          <Act price={price} action="up">
            Move up
          </Act>
          <Act price={price} action="remove">
            Remove
          </Act>
        </div>
      ),
    },
  ];
};

/** The owner's price that counts for a model: the first one that fits. */
const ownPriceOf = (own: PricesView, { provider, model }: PriceName): ModelPrice | undefined =>
  own.prices.find((price) => price.provider === provider && matchesGlob(price.model, model));

const builtInColumns = (own: PricesView): readonly Column<ListedPrice>[] => [
  { title: "Model", cell: ({ model }) => <code>{model}</code> },
  { title: "Provider", cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { title: "Price", cell: (price) => <Amounts price={price} above={price.above} /> },
  {
    title: "Your own",
    cell: (price) => {
      const found = ownPriceOf(own, price);
      if (found === undefined) {
        return (
          <a href={address("/prices/new", price)}>
            Override <span class="unseen">{price.model}</span>
          </a>
        );
      }
      return (
        <>
          <Amounts price={found} />
          <span class="sub">
            Counts instead, by{" "}
            <a href={address("/prices/edit", found)}>
              {found.model}
              <span class="unseen">{` for ${price.model}`}</span>
            </a>
          </span>
        </>
      );
    },
  },
];

function OwnSection({ own, builtIn }: Pick<PricesPageProps, "own" | "builtIn">) {
  return (
    <section>
      <h2>Your own</h2>
      <p>They come before the built-in ones. Where several match a model, the first one in this list counts.</p>
      {own.prices.length === 0 ? (
        <p class="hint">
          There are none yet. Add one for a model that the built-in list doesn't know, or that costs you less.
        </p>
      ) : (
        <Table caption="Your own prices, in US dollars" columns={ownColumns(builtIn)} rows={own.prices} />
      )}
    </section>
  );
}

const PROVIDER_CHOICES = [["", "All"], ...PROVIDERS.map((one) => [one, PROVIDER_NAMES[one]] as const)] as const;

function Search({ query, provider }: Pick<PricesPageProps, "query" | "provider">) {
  return (
    <search>
      <form class="filters" method="get" action="/prices">
        <TextField
          id="query"
          name="query"
          label="Search"
          input={{ type: "search", value: query, maxlength: 200, placeholder: "Part of a model's name" }}
        />
        <SelectField id="provider" name="provider" label="Provider" value={provider ?? ""} choices={PROVIDER_CHOICES} />
        <button class="button" type="submit">
          Search
        </button>
        {(query !== "" || provider !== null) && (
          <a class="button quiet" href="/prices">
            Show all
          </a>
        )}
      </form>
    </search>
  );
}

function BuiltInSection({ own, builtIn, query, provider }: Omit<PricesPageProps, "notice">) {
  if (builtIn === null) {
    return (
      <section>
        <h2>Built in</h2>
        <p>The gateway doesn't answer, so its list can't be shown now.</p>
      </section>
    );
  }
  const found = builtIn.prices.filter(
    (price) => price.model.includes(query.toLowerCase()) && (provider === null || price.provider === provider),
  );
  return (
    <section>
      <h2>Built in</h2>
      <p>
        As of <time datetime={builtIn.date}>{builtIn.date}</time>, from {builtIn.source}. In US dollars for a million
        tokens.
      </p>
      <Search query={query} provider={provider} />
      <p class="hint">{`${found.length} of ${builtIn.prices.length} models`}</p>
      {found.length === 0 ? (
        <p>
          No model matches. What has no price here is “unpriced”: <a href="/prices/new">add a price</a> of your own.
        </p>
      ) : (
        <Table caption="Built-in prices" columns={builtInColumns(own)} rows={found} />
      )}
    </section>
  );
}

/** All prices. */
export function PricesPage({ own, builtIn, query, provider, notice }: PricesPageProps) {
  return (
    <Layout title="Prices" section="prices">
      <div class="title">
        <h1>Prices</h1>
        <a class="button primary" href="/prices/new">
          Add a price
        </a>
      </div>
      <Notice text={notice} />
      {own.pending && (
        <Warning>
          <h2>Not published yet</h2>
          <p>KV hasn't taken the newest prices yet, so the gateway goes by the ones before.</p>
        </Warning>
      )}
      <p>
        What a call costs is counted against budgets in dollars, and shown in the usage. The gateway knows a change
        within two minutes. A model without a price counts as “unpriced”, and tokens with a budget in dollars may not
        use it unless you allow that.
      </p>
      <OwnSection own={own} builtIn={builtIn} />
      <BuiltInSection own={own} builtIn={builtIn} query={query} provider={provider} />
    </Layout>
  );
}
