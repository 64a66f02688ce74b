import type { Policy } from "../../shared/policy.ts";
import type { BodyKind, Endpoint } from "../endpoints.ts";
import type { Call } from "../call.ts";
import { Refused } from "../refusals.ts";
import { askedFor } from "./asked.ts";
import { sharedFieldsOf, type Fields } from "./fields.ts";
import { judged } from "./judged.ts";

/** Kinds of bodies that may come as a form. Anything else that says it is one is read as JSON, which it isn't. */
const FORMS: ReadonlySet<BodyKind> = new Set<BodyKind>(["image-form", "audio-form"]);

/** Whether a body is to be read as a form with files. */
export const isForm = ({ headers }: Pick<Request, "headers">, kind: BodyKind): boolean =>
  FORMS.has(kind) && (headers.get("content-type") ?? "").trim().toLowerCase().startsWith("multipart/form-data");

const unreadable = (problem: string): Refused => new Refused({ code: "unreadable_request", problem });

async function parse(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw unreadable("The body is not a readable multipart form.");
  }
}

const encoder = new TextEncoder();

/** What a form's texts say, as the same in JSON would: `a[b]` is a field in a field. */
function fieldsOfForm(form: FormData): { fields: Fields; bytes: number; files: number } {
  // Without a prototype: a field may have any name.
  const fields: Fields = Object.create(null);
  let [bytes, files] = [0, 0];
  for (const [name, value] of form) {
    if (typeof value !== "string") {
      files++;
      continue;
    }
    bytes += encoder.encode(value).length;
    const plain = name.replace(/\[\]$/, "");
    const isList = plain !== name;
    // Lists are written `name[]`, as often as they have items.
    if (Object.hasOwn(fields, plain) && !isList) throw unreadable(`The field "${name.slice(0, 100)}" stands twice.`);
    const read = /^\d{1,9}$/.test(value) ? Number(value) : value;
    const inner = plain.split(/[[\].]+/).filter((part) => part !== "");
    const last = inner.pop() ?? plain;
    fields[plain] = isList || inner.length > 0 ? { [last]: isList ? [read] : read } : read;
  }
  return { fields, bytes, files };
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
  const { fields, bytes: words, files } = fieldsOfForm(await parse(bytes, type));
  const rules = sharedFieldsOf(endpoint.body);
  const { input, namesStored } = judged(fields, words, { rules, refuses: policy.endpoints === "inference" });
  if (endpoint.body === "image-form") input.images += files;
  else input.unseen ||= files > 0;
  const { tier, ...asked } = askedFor(endpoint.body, fields);
  return {
    endpoint,
    ...asked,
    usageAdded: false,
    input,
    ...(tier !== undefined && { tier }),
    ...(namesStored && { namesStored }),
  };
}
