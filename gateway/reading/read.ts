import { countsTokens, type Policy } from "../../shared/policy.ts";
import { unreadCall, type CallBody, type Reading } from "../call.ts";
import { addressedModel } from "../endpoints/find.ts";
import type { Endpoint } from "../endpoints.ts";
import { isBodyless, type Target } from "../target.ts";
import { readBytes, textOf, undone } from "./body.ts";
import { readForm } from "./form.ts";
import { readJson } from "./json.ts";

const encoder = new TextEncoder();

/** Whether a policy goes by what stands in a body. */
const looksInside = (policy: Policy): boolean =>
  policy.endpoints === "inference" || policy.models !== null || countsTokens(policy);

const isForm = ({ headers }: Request): boolean =>
  (headers.get("content-type") ?? "").trim().toLowerCase().startsWith("multipart/form-data");

/**
 * Reads of a request what its policy, limits and prices go by, and refuses what the policy doesn't allow in a body. What was
 * read goes upstream byte for byte as it came, but for the one option of `withUsage`.
 *
 * @param request the client's; its body is used up where it has to be read
 * @param target its path and query, as they were meant
 * @param endpoint what it is for; null: one that the table doesn't know
 * @throws Refused `unreadable_request`, `request_too_large`, `field_not_allowed`
 */
export async function readCall(
  request: Request,
  target: Target,
  endpoint: Endpoint | null,
  policy: Policy,
): Promise<Reading> {
  const call = unreadCall(endpoint);
  const body: CallBody = isBodyless(request.method) ? null : request.body;
  if (endpoint === null) return { call, body };
  call.model = addressedModel(endpoint, target);
  // Frames come later than any look at them here could.
  call.input.unseen = endpoint.socket !== undefined;
  if (target.path.includes(":streamGenerateContent")) call.stream = true;
  if (body === null || endpoint.body === "none" || !looksInside(policy)) return { call, body };
  const bytes = await readBytes(request);
  if (bytes.length === 0) return { call, body: bytes };
  const plain = await undone(bytes, request.headers);
  if (isForm(request)) {
    const type = request.headers.get("content-type") ?? "";
    return { call: await readForm(plain, type, endpoint, policy), body: bytes };
  }
  const read = readJson(textOf(plain), endpoint, call.model, policy);
  if (call.stream) read.call.stream = true;
  if (read.changed === null) return { call: read.call, body: bytes };
  // Its content-encoding would be another one; `forward` sends such a body plain.
  return { call: read.call, body: new Uint8Array(encoder.encode(read.changed)) };
}
