import type { Policy } from "../../shared/policy.ts";
import type { Call } from "../call.ts";
import type { Endpoint } from "../endpoints.ts";
import { Refused } from "../refusals.ts";
import { askedFor } from "./asked.ts";
import { type Fields, SHARED_FIELDS } from "./fields.ts";
import { walk } from "./walk.ts";

const unreadable = (problem: string): Refused => new Refused({ code: "unreadable_request", problem });

async function parse(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw unreadable("The body is not a readable multipart form.");
  }
}

/**
 * Reads a form with files: images to edit, audio to transcribe.
 *
 * @param bytes of the body
 * @param type its `content-type`
 * @throws Refused `unreadable_request`, `field_not_allowed`
 */
export async function readForm(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  endpoint: Endpoint,
  policy: Policy,
): Promise<Call> {
  const form = await parse(bytes, type);
  const fields: Fields = {};
  let [words, images, audio] = [0, 0, false];
  for (const [name, value] of form) {
    if (typeof value === "string") {
      // Lists are written `name[]`, as often as they have items.
      if (name in fields && !name.endsWith("[]")) throw unreadable(`The field "${name.slice(0, 100)}" stands twice.`);
      fields[name] = /^\d{1,9}$/.test(value) ? Number(value) : value;
      words += value.length * 3;
    } else if (endpoint.body === "image-form") images++;
    else audio = true;
  }
  const rules = policy.endpoints === "inference" ? (SHARED_FIELDS[endpoint.body] ?? []) : [];
  const { shared } = walk(fields, words, rules);
  if (shared !== null) throw new Refused({ code: "field_not_allowed", field: shared.slice(0, 200) });
  const { tier, ...asked } = askedFor(endpoint.body, fields);
  return {
    endpoint,
    ...asked,
    usageAdded: false,
    input: { bytes: words, images, unseen: audio },
    ...(tier !== undefined && { tier }),
  };
}
