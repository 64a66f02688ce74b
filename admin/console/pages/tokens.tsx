import type { PolicyName } from "../../../shared/record.ts";
import type { Sort } from "../../api/list-schemas.ts";
import type { FieldError } from "../../api/problem.ts";
import type { ListedToken, UsesKnown } from "../../registry/types.ts";
import { counted, orMore } from "../amounts.ts";
import { SORT_NAMES } from "../list-words.ts";
import { Ago } from "../parts/ago.tsx";
import { BULK_FORM, BulkBar } from "../parts/bulk-bar.tsx";
import { KeysHelp } from "../parts/keys.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary, Notice, Warning } from "../parts/message.tsx";
import { address } from "../parts/table.tsx";
import { FilterForm, isFiltered, type TokenFilterValues } from "../parts/token-filters.tsx";
import { TokenTable } from "../parts/token-table.tsx";

interface FilterProps {
  filter: TokenFilterValues;
  policies: readonly PolicyName[];
}

interface TokensPageProps extends FilterProps {
  tokens: readonly ListedToken[];
  /** How many match in all; where it isn't exact, there may be more. */
  total: number;
  totalIsExact: boolean;
  sort: Sort;
  uses: UsesKnown;
  /** Cursors of the pages beside this one; null: there is none. */
  previous: string | null;
  next: string | null;
  /** Whether this page begins the list. */
  first: boolean;
  notice: string | null;
  /** ms since 1970. */
  now: number;
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

function UsesNote({ uses: { asOf, reachable }, now }: { uses: UsesKnown; now: number }) {
  if (reachable && asOf !== null) return null;
  if (reachable) {
    return (
      <p class="hint">
        How the tokens were used is still being read. Load this page again in a moment to see all of it.
      </p>
    );
  }
  return (
    <Warning>
      <p>
        The gateway doesn't answer.{" "}
        {asOf === null ? (
          "Spend and last use aren't known yet."
        ) : (
          <>
            Spend and last use are those of <Ago ms={asOf} now={now} />.
          </>
        )}{" "}
        Everything else here works.
      </p>
    </Warning>
  );
}

type PagerProps = Pick<TokensPageProps, "filter" | "previous" | "next" | "first">;

function Pager({ filter, previous, next, first }: PagerProps) {
  if (first && next === null) return null;
  const to = (cursor: string): string => address("/tokens", { ...filter, cursor });
  return (
    <nav class="pager" aria-label="Pages">
      {!first && (
        <a class="button" href={to("")}>
          First page
        </a>
      )}
      {previous !== null && (
        <a class="button" rel="prev" href={to(previous)}>
          Previous page
        </a>
      )}
      {next !== null && (
        <a class="button" rel="next" href={to(next)}>
          Next page
        </a>
      )}
    </nav>
  );
}

function List({ tokens, total, totalIsExact, filter, sort, uses, now, previous, next, first }: TokensPageProps) {
  const { sort: _, ...match } = filter;
  const caption = `Tokens, ${SORT_NAMES[sort].toLowerCase()}`;
  return (
    <>
      <p class="total">{orMore(counted(total, "token"), totalIsExact)}</p>
      <TokenTable
        tokens={tokens}
        caption={caption}
        form={BULK_FORM}
        sort={sort}
        filter={match}
        known={uses.asOf !== null}
        now={now}
      />
      <BulkBar filter={match} total={total} totalIsExact={totalIsExact} shown={tokens.length} />
      <Pager filter={filter} previous={previous} next={next} first={first} />
      <KeysHelp />
    </>
  );
}

function Title() {
  return (
    <div class="title">
      <h1>Tokens</h1>
      <a class="button primary" href="/tokens/new">
        New token
      </a>
    </div>
  );
}

/** The list of tokens. */
export function TokensPage(props: TokensPageProps) {
  const { tokens, filter, policies, uses, first, notice, now } = props;
  return (
    <Layout title="Tokens" section="tokens">
      <Title />
      <Notice text={notice} />
      <FilterForm filter={filter} policies={policies} errors={[]} />
      <UsesNote uses={uses} now={now} />
      {tokens.length === 0 ? <NoTokens filtered={isFiltered(filter) || !first} /> : <List {...props} />}
    </Layout>
  );
}

/** The filters again, with what is wrong in them, and no list: one that isn't filtered could be taken for the answer. */
export function WrongFilterPage({ filter, policies, errors }: FilterProps & { errors: readonly FieldError[] }) {
  return (
    <Layout title="Error: tokens" section="tokens">
      <Title />
      <ErrorSummary errors={errors} idOf={(field) => field} title="Nothing was looked up yet" />
      <FilterForm filter={filter} policies={policies} errors={errors} />
    </Layout>
  );
}
