import { bitOf, NEVER, STATE_CODES } from "./listed.ts";
import type { ListStatus, TimeSpan, TokenMatch } from "./types.ts";

const DAY = 24 * 60 * 60 * 1000;
/** A token that ends within this time is told of, in ms. */
export const SOON = 7 * DAY;
/** A budget of which so much is used is nearly used up. */
export const NEARLY = 0.8;

/** Conditions over `listed`, and what is bound in them, in their order. */
export interface Terms {
  where: string[];
  bindings: (string | number)[];
}

const { active, disabled, deleted } = STATE_CODES;
const KEPT = `state < ${deleted}`;

const STATUS_TERMS: Record<ListStatus | "any", (now: number) => Terms> = {
  any: () => ({ where: [KEPT], bindings: [] }),
  active: (now) => ({ where: [`state = ${active}`, "expires_at > ?"], bindings: [now] }),
  expired: (now) => ({ where: [`state = ${active}`, "expires_at <= ?"], bindings: [now] }),
  disabled: () => ({ where: [`state = ${disabled}`], bindings: [] }),
  deleted: () => ({ where: [`state = ${deleted}`], bindings: [] }),
  expiring: (now) => ({
    where: [`state = ${active}`, "expires_at > ?", "expires_at <= ?"],
    bindings: [now, now + SOON],
  }),
  unused: () => ({ where: [KEPT, "used_at = 0"], bindings: [] }),
  // Of one that is off or expired, nothing more will be used.
  nearly: (now) => ({
    // Not bound, or the index of these isn't used.
    where: [`state = ${active}`, "expires_at > ?", `share >= ${NEARLY}`],
    bindings: [now],
  }),
  // Deleted ones too: what isn't published of them may still let somebody in.
  unpublished: () => ({
    where: ["EXISTS (SELECT 1 FROM outbox WHERE outbox.token_id = listed.id)"],
    bindings: [],
  }),
  holder: () => ({ where: [KEPT, "holder_acted_at > 0"], bindings: [] }),
};

type Term = [where: string, binding: string | number];

/** A token that never expires expires in no span. */
function spanTerms(column: "created_at" | "expires_at", { from, to }: TimeSpan): Term[] {
  const terms: Term[] = [];
  if (from !== null) terms.push([`${column} >= ?`, from]);
  if (from !== null || to !== null) terms.push([`${column} < ?`, to ?? NEVER]);
  return terms;
}

const OPEN: TimeSpan = { from: null, to: null };

/** What a filter says of the rows of `listed`, but for the search. `now`: ms since 1970. */
export function listTerms(match: TokenMatch, now: number): Terms {
  const { status, provider, policy, created = OPEN, expires = OPEN } = match;
  const { where, bindings } = STATUS_TERMS[status ?? "any"](now);
  const more = [...spanTerms("created_at", created), ...spanTerms("expires_at", expires)];
  if (provider !== null) more.push(["providers & ? <> 0", bitOf(provider)]);
  if (policy !== null) more.push(["policy = ?", policy]);
  return {
    where: [...where, ...more.map(([term]) => term)],
    bindings: [...bindings, ...more.map(([, value]) => value)],
  };
}
