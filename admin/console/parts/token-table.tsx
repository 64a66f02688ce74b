import type { Child } from "hono/jsx";
import { orderOf, type Sort } from "../../api/list-schemas.ts";
import { SOON } from "../../registry/list-terms.ts";
import type { ListedToken, ListSort } from "../../registry/types.ts";
import type { FilterFields } from "../filter-fields.ts";
import { FIRST_DIRECTION } from "../list-words.ts";
import { providerList } from "../words.ts";
import { Ago } from "./ago.tsx";
import { StatusBadges } from "./badge.tsx";
import { Spend } from "./spend.tsx";
import { address } from "./table.tsx";

/** What the cells go by. */
interface Seen {
  /** ms since 1970. */
  now: number;
  /** Whether the use of all tokens is known. */
  known: boolean;
}

interface Column {
  title: string;
  /** What a click on the heading sorts by. */
  sort: ListSort;
  cell: (token: ListedToken, seen: Seen) => Child;
}

function Expiry({ token: { expiresAt, status }, now }: { token: ListedToken; now: number }) {
  if (expiresAt === null) return <>Never</>;
  const isSoon = status === "active" && expiresAt - now <= SOON;
  return (
    <span class={isSoon ? "badge soon" : undefined}>
      <Ago ms={expiresAt} now={now} />
    </span>
  );
}

function LastUse({ use, known, now }: { use: ListedToken["use"] } & Seen) {
  if (use === null || use.lastUsedAt === null) return known || use !== null ? <>Never</> : <>Not known</>;
  return <Ago ms={use.lastUsedAt} now={now} />;
}

const COLUMNS: readonly Column[] = [
  {
    title: "Token",
    sort: "label",
    cell: ({ id, label, providers, policy }) => (
      <>
        <a class="label" href={`/tokens/${id}`} data-row="">
          {label}
        </a>
        <span class="sub">
          <code>{id}</code> · {providerList(providers)}
          {policy !== null && ` · ${policy.name}`}
        </span>
      </>
    ),
  },
  {
    title: "Status",
    sort: "status",
    cell: (token, { now }) => (
      <>
        <StatusBadges token={token} />
        {token.holderActedAt !== null && (
          <span class="sub">
            Changed by its holder <Ago ms={token.holderActedAt} now={now} />
          </span>
        )}
      </>
    ),
  },
  { title: "Spend", sort: "share", cell: (token, { known }) => <Spend token={token} known={known} /> },
  { title: "Last used", sort: "used", cell: ({ use }, seen) => <LastUse use={use} {...seen} /> },
  { title: "Expires", sort: "expires", cell: (token, { now }) => <Expiry token={token} now={now} /> },
  { title: "Created", sort: "created", cell: ({ createdAt }, { now }) => <Ago ms={createdAt} now={now} /> },
];

interface HeadingProps {
  column: Column;
  sort: Sort;
  filter: FilterFields;
}

function Heading({ column: { title, sort: key }, sort, filter }: HeadingProps) {
  const now = orderOf(sort);
  const isSorted = now.sort === key;
  const turned: Sort = now.descending ? key : `-${key}`;
  const direction = now.descending ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={isSorted ? direction : undefined}>
      <a class="sort" href={address("/tokens", { ...filter, sort: isSorted ? turned : FIRST_DIRECTION[key] })}>
        {title}
      </a>
    </th>
  );
}

interface TokenTableProps extends Seen, Omit<HeadingProps, "column"> {
  tokens: readonly ListedToken[];
  caption: string;
  /** The id of the form that the checkboxes belong to. */
  form: string;
}

/** Tokens, each with a checkbox; on a narrow screen each is a card. */
export function TokenTable({ tokens, caption, form, sort, filter, ...seen }: TokenTableProps) {
  return (
    <table class="tokens">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" class="pick" data-select-all="">
            <span class="unseen">Selected</span>
          </th>
          {COLUMNS.map((column) => (
            <Heading column={column} sort={sort} filter={filter} />
          ))}
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr>
            <td class="pick">
              <label class="choice">
                <input type="checkbox" form={form} name="id" value={token.id} aria-label={`Select ${token.label}`} />
              </label>
            </td>
            {COLUMNS.map(({ title, cell }) => (
              <td data-title={title}>
                <div>{cell(token, seen)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
