import type { ListedPrice, ModelPrice, PriceList } from "../../../shared/prices.ts";
import type { PriceName, PricesView } from "../../registry/prices.ts";
import { TextField } from "../parts/fields.tsx";
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

const OWN_COLUMNS: readonly Column<ModelPrice>[] = [
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

const BUILT_IN_COLUMNS: readonly Column<ListedPrice>[] = [
  { title: "Model", cell: ({ model }) => <code>{model}</code> },
  { title: "Provider", cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { title: "Price", cell: (price) => <Amounts price={price} above={price.above} /> },
  {
    title: "Your own",
    cell: (price) => (
      <a href={address("/prices/new", price)}>
        Override <span class="unseen">{price.model}</span>
      </a>
    ),
  },
];

function OwnSection({ own }: { own: PricesView }) {
  return (
    <section>
      <h2>Your own</h2>
      <p>They come before the built-in ones. Where several match a model, the first one in this list counts.</p>
      {own.prices.length === 0 ? (
        <p class="hint">
          There are none yet. Add one for a model that the built-in list doesn't know, or that costs you less.
        </p>
      ) : (
        <Table caption="Your own prices, in US dollars" columns={OWN_COLUMNS} rows={own.prices} />
      )}
    </section>
  );
}

function BuiltInSection({ builtIn, query }: Pick<PricesPageProps, "builtIn" | "query">) {
  if (builtIn === null) {
    return (
      <section>
        <h2>Built in</h2>
        <p>The gateway doesn't answer, so its list can't be shown now.</p>
      </section>
    );
  }
  const found = builtIn.prices.filter(({ model }) => model.includes(query.toLowerCase()));
  return (
    <section>
      <h2>Built in</h2>
      <p>
        As of <time datetime={builtIn.date}>{builtIn.date}</time>, from {builtIn.source}. In US dollars for a million
        tokens.
      </p>
      <search>
        <form class="filters" method="get" action="/prices">
          <TextField
            id="query"
            name="query"
            label="Search"
            input={{ type: "search", value: query, maxlength: 200, placeholder: "Part of a model's name" }}
          />
          <button class="button" type="submit">
            Search
          </button>
        </form>
      </search>
      {found.length === 0 ? (
        <p>
          No model matches. What has no price here is “unpriced”: <a href="/prices/new">add a price</a> of your own.
        </p>
      ) : (
        <Table caption="Built-in prices" columns={BUILT_IN_COLUMNS} rows={found} />
      )}
    </section>
  );
}

/** All prices. */
export function PricesPage({ own, builtIn, query, notice }: PricesPageProps) {
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
      <OwnSection own={own} />
      <BuiltInSection builtIn={builtIn} query={query} />
    </Layout>
  );
}
