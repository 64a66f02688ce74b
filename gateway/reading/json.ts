import { countsTokens, type Policy } from "../../shared/policy.ts";
import type { Call } from "../call.ts";
import type { Endpoint } from "../endpoints.ts";
import { Refused } from "../refusals.ts";
import { askedFor } from "./asked.ts";
import { type Fields, SHARED_FIELDS } from "./fields.ts";
import { scanJson } from "./scan.ts";
import { withUsage } from "./usage-option.ts";
import { walk } from "./walk.ts";

const unreadable = (problem: string): Refused => new Refused({ code: "unreadable_request", problem });

function parse(text: string): Fields {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadable("The body is not valid JSON. This token's requests are read, so they have to be.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw unreadable("The body has to be a JSON object.");
  }
  // The cast: an object that is no list has fields by name.
  return body as Fields;
}

/** A call as its JSON body tells it, and the body as it goes upstream where that isn't as it came. */
export interface JsonReading {
  call: Call;
  /** Null: as it came. */
  changed: string | null;
}

/**
 * Reads a JSON body.
 *
 * @param text of it
 * @param named the model that the address names; null: the body names it
 * @throws Refused `unreadable_request`, `field_not_allowed`
 */
export function readJson(text: string, endpoint: Endpoint, named: string | null, policy: Policy): JsonReading {
  const body = parse(text);
  const scan = scanJson(text);
  if (scan.doubled !== null) {
    // One reader takes the first, another one the last: what is judged here might not be what counts there.
    throw unreadable(`The field "${scan.doubled.slice(0, 100)}" stands twice in one object of the body. Send it once.`);
  }
  const rules = SHARED_FIELDS[endpoint.body] ?? [];
  const { shared, input } = walk(body, text.length * (isAscii(text) ? 1 : 3), rules);
  if (shared !== null && policy.endpoints === "inference")
    throw new Refused({ code: "field_not_allowed", field: shared.slice(0, 200) });
  const { tier, ...asked } = askedFor(endpoint.body, body);
  const usageAdded = endpoint.body === "chat" && asked.stream && !asked.asksForUsage && countsTokens(policy);
  const call: Call = {
    endpoint,
    ...asked,
    model: named ?? asked.model,
    usageAdded,
    input,
    ...(tier !== undefined && { tier }),
    ...(shared !== null && { namesStored: true }),
  };
  return { call, changed: usageAdded ? withUsage(text, body["stream_options"], scan) : null };
}

/** A text's length is its bytes where all of it is ASCII; no other character takes more than three for each unit. */
// oxlint-disable-next-line no-control-regex -- all of ASCII, control characters too
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);
