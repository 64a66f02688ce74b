import { PROVIDERS } from "../../../shared/providers.ts";
import type { TokenView } from "../../registry/types.ts";
import { StatusBadges } from "../parts/badge.tsx";
import { SelectField, TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice } from "../parts/message.tsx";
import { type Column, Pager, Table } from "../parts/table.tsx";
import { Ending, Time } from "../parts/time.tsx";
import { PROVIDER_NAMES, providerList, STATUS_NAMES } from "../words.ts";

/** The filters of the list, as the form shows them. Empty: all. */
export interface TokenFilterValues {
  query: string;
  status: string;
  provider: string;
}

/** A token in the list. */
interface ListedToken extends TokenView {
  /** ms since 1970; null: never, or not known. */
  lastUsedAt: number | null;
}

interface TokensPageProps {
  tokens: readonly ListedToken[];
  filter: TokenFilterValues;
  next: string | null;
  first: boolean;
  notice: string | null;
}

const COLUMNS: readonly Column<ListedToken>[] = [
  {
    title: "Label",
    cell: ({ id, label }) => (
      <a class="label" href={`/tokens/${id}`}>
        {label}
      </a>
    ),
  },
  { title: "Status", cell: (token) => <StatusBadges token={token} /> },
  { title: "Providers", cell: ({ providers }) => providerList(providers) },
  { title: "Expires", cell: ({ expiresAt }) => <Ending ms={expiresAt} /> },
  { title: "Last used", cell: ({ lastUsedAt }) => (lastUsedAt === null ? "–" : <Time ms={lastUsedAt} />) },
  { title: "Token id", cell: ({ id }) => <code>{id}</code> },
];

const STATUS_CHOICES = [["", "Not deleted"], ...Object.entries(STATUS_NAMES)] as [string, string][];
const PROVIDER_CHOICES: [string, string][] = [
  ["", "Any provider"],
  ...PROVIDERS.map((provider): [string, string] => [provider, PROVIDER_NAMES[provider]]),
];

function FilterForm({ filter }: { filter: TokenFilterValues }) {
  return (
    <search>
      <form class="filters" method="get" action="/tokens">
        <TextField
          id="query"
          name="query"
          label="Search"
          input={{ type: "search", value: filter.query, maxlength: 200, placeholder: "Label, note or id" }}
        />
        <SelectField id="status" name="status" label="Status" value={filter.status} choices={STATUS_CHOICES} />
        <SelectField
          id="provider"
          name="provider"
          label="Provider"
          value={filter.provider}
          choices={PROVIDER_CHOICES}
        />
        <button class="button" type="submit">
          Filter
        </button>
      </form>
    </search>
  );
}

function NoTokens({ filtered }: { filtered: boolean }) {
  return (
    <div class="empty">
      {filtered ? (
        <p>
          No token matches. <a href="/tokens">Show all</a>
        </p>
      ) : (
        <>
          <p>There are no tokens yet. Create one for each person or app that shall use your providers.</p>
          <p>
            <a class="button primary" href="/tokens/new">
              Create the first token
            </a>
          </p>
        </>
      )}
    </div>
  );
}

/** The list of tokens. */
export function TokensPage({ tokens, filter, next, first, notice }: TokensPageProps) {
  const filtered = Object.values(filter).some((value) => value !== "");
  return (
    <Layout title="Tokens" section="tokens">
      <div class="title">
        <h1>Tokens</h1>
        <a class="button primary" href="/tokens/new">
          New token
        </a>
      </div>
      <Notice text={notice} />
      <FilterForm filter={filter} />
      {tokens.length === 0 ? (
        <NoTokens filtered={filtered || !first} />
      ) : (
        <Table caption="Tokens, newest first" columns={COLUMNS} rows={tokens} />
      )}
      <Pager path="/tokens" filter={{ ...filter }} next={next} first={first} />
    </Layout>
  );
}
