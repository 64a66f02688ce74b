import { countsTokens, type Policy } from "../../shared/policy.ts";
import type { Endpoint } from "../endpoints.ts";
import { Refused } from "../refusals.ts";
import { parameterName, parameterValue, queryPairs } from "../slots.ts";
import type { Target } from "../target.ts";

/** Headers that name what all users of a provider key share: Anthropic's profiles of those for whom a request is made. */
const SHARED_HEADERS: readonly string[] = ["anthropic-user-profile-id"];

/**
 * Google's system parameters that change what an answer holds or how it is written (cloud.google.com/apis/docs/system-parameters),
 * and the values that leave its usage readable. Asking for a part of the fields is the way to leave it out.
 */
const SHAPES = new Map<string, ReadonlySet<string>>([
  ["fields", new Set()],
  ["$fields", new Set()],
  ["callback", new Set()],
  ["$callback", new Set()],
  ["alt", new Set(["json", "sse"])],
  ["$alt", new Set(["json", "sse"])],
]);
const SHAPE_HEADERS: readonly string[] = ["x-goog-fieldmask"];

const uncounted = (name: string): Refused => {
  const problem = `Leave out "${name}": with it, what this token uses could not be counted.`;
  return new Refused({ code: "unreadable_request", problem });
};

/**
 * Judges what stands beside a body: the query and headers of a request.
 *
 * @throws Refused `field_not_allowed`, `unreadable_request` where the answer would hide its usage from limits that count it
 */
export function judgeAddress(
  { headers }: Pick<Request, "headers">,
  { query }: Target,
  endpoint: Endpoint,
  policy: Policy,
): void {
  const pairs = queryPairs(query);
  if (policy.endpoints === "inference") {
    const { sharedParameters: shared = [] } = endpoint;
    const field =
      pairs.map(parameterName).find((name) => shared.includes(name)) ??
      SHARED_HEADERS.find((name) => headers.has(name));
    if (field !== undefined) throw new Refused({ code: "field_not_allowed", field });
  }
  if (!countsTokens(policy)) return;
  for (const pair of pairs) {
    const readable = SHAPES.get(parameterName(pair));
    if (readable !== undefined && !readable.has(parameterValue(pair).toLowerCase()))
      throw uncounted(parameterName(pair));
  }
  const mask = SHAPE_HEADERS.find((name) => headers.has(name));
  if (mask !== undefined) throw uncounted(mask);
}
