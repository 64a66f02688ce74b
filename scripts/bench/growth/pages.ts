import { encodeTokenCursor } from "../../../admin/api/cursor.ts";
import { SORTS, STATUSES } from "../../../admin/api/list-schemas.ts";
import type { Size } from "./filling.ts";
import { idAt, labelAt, tokenAt } from "./worker/story.ts";

/** A page of the console, in one of its views. */
export interface PageView {
  name: string;
  path: string;
}

const DAY_MS = 24 * 60 * 60_000;

const view = (name: string, path: string): PageView => ({ name, path });
const search = (name: string, query: string, more = ""): PageView =>
  view(`search, ${name}`, `/tokens?query=${encodeURIComponent(query)}${more}`);

/** A place in the middle of the list, newest first. */
function middleOf({ tokens }: Size, now: number): string {
  const all = Array.from({ length: Math.min(tokens, 1_000) }, (_, index) => tokenAt(index, "", [], now)).toSorted(
    (a, b) => b.createdAt - a.createdAt,
  );
  const token = all[Math.floor(all.length / 2)];
  return token === undefined ? "" : encodeTokenCursor({ key: token.createdAt, id: token.id, back: false }, "-created");
}

const tokenPages = (size: Size, now: number): PageView[] => [
  ...SORTS.map((sort) => view(`tokens, sorted by ${sort}`, `/tokens?sort=${sort}`)),
  ...STATUSES.map((status) => view(`tokens, ${status}`, `/tokens?status=${status}`)),
  view("tokens, deep in the list", `/tokens?cursor=${middleOf(size, now)}`),
  view("tokens, one provider", "/tokens?provider=gemini"),
  view("tokens, no policy", "/tokens?policy=none&sort=label"),
  search("dense (a third)", "class"),
  search("dense, by label", "class", "&sort=label"),
  search("dense, least used", "class", "&sort=used"),
  search("dense, expired", "class", "&status=expired"),
  search("dense, one provider", "class", "&provider=gemini&sort=-share"),
  search("every label", ", "),
  search("sparse", `north ${Math.ceil(size.tokens / 2)}`),
  search("one token's id", idAt(Math.floor(size.tokens / 2))),
  search("a label", labelAt(Math.floor(size.tokens / 3))),
  search("nothing", "zzzz nothing"),
  search("two letters, dense", "la"),
  search("two letters, rare", "99"),
  search("two letters, none", "qz"),
  search("one letter", "a"),
  search("one letter, by label", "a", "&sort=-label"),
];

const overviewPages = (): PageView[] =>
  ["24h", "30d", "90d", "12m"].flatMap((span) =>
    ["provider", "model", "token"].map((by) => view(`overview, ${span} by ${by}`, `/?span=${span}&by=${by}`)),
  );

function usageViews(now: number, name: string, path: string): PageView[] {
  const yearAgo = new Date(now - 364 * DAY_MS).toISOString().slice(0, 10);
  return ["day", "token", "model", "provider"].flatMap((group) => [
    view(`${name}, 30 days by ${group}`, `${path}?group=${group}`),
    view(`${name}, a year by ${group}`, `${path}?group=${group}&from=${yearAgo}`),
  ]);
}

/**
 * Reports of the JSON API, which are no pages: they tell of 1,000 tokens.
 *
 * @param now as `pagesOf` takes it
 */
export const apiViews = (now: number): PageView[] => usageViews(now, "API: usage", "/api/usage");

function auditPages({ tokens, audit }: Size): PageView[] {
  const deep = `&cursor=a${Math.max(2, Math.floor(audit / 2))}`;
  const id = idAt(Math.floor(tokens / 2));
  return [
    view("audit log", "/audit"),
    view("audit log, deep", `/audit?${deep.slice(1)}`),
    view("audit log, one action", "/audit?action=session.refused"),
    view("audit log, a token's", `/audit?token=${id}`),
    view("audit log, common word", "/audit?text=class"),
    view("audit log, common word, deep", `/audit?text=class${deep}`),
    view("audit log, common word and an action, deep", `/audit?text=class&action=token.update${deep}`),
    view("audit log, rare word", `/audit?text=${encodeURIComponent(labelAt(Math.floor(tokens / 3)))}`),
    view("audit log, no such word", "/audit?text=zzzznothing"),
    view("audit log, two letters", "/audit?text=qz"),
  ];
}

/**
 * All views that are measured.
 *
 * @param now the time that the tokens are told by, ms since 1970
 */
export function pagesOf(size: Size, now: number): PageView[] {
  const id = idAt(Math.floor(size.tokens / 2));
  return [
    ...tokenPages(size, now),
    ...overviewPages(),
    view("a token", `/tokens/${id}`),
    view("a token's requests", `/tokens/${id}/requests`),
    view("a token's usage, a year", `/usage?token=${id}&days=365`),
    view("new token", "/tokens/new"),
    view("actions on many tokens", "/tokens/bulk"),
    ...usageViews(now, "usage", "/usage"),
    ...auditPages(size),
    view("policies", "/policies"),
    view("prices", "/prices"),
    view("provider keys", "/keys"),
    view("webhooks", "/webhooks"),
    view("sessions", "/sessions"),
    view("settings", "/settings"),
    view("status", "/status"),
  ];
}

/** What is measured again while no token is published. */
export const UNPUBLISHED_PAGES: readonly PageView[] = [
  view("tokens, unpublished (all are)", "/tokens?status=unpublished"),
  view("tokens, unpublished (all are), by label", "/tokens?status=unpublished&sort=label"),
  view("overview, nothing published", "/"),
  view("policies, nothing published", "/policies"),
  view("status, nothing published", "/status"),
];
