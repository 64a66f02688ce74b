import { countsTokens, type Policy } from "../../shared/policy.ts";
import { unreadCall, type CallBody, type Reading } from "../call.ts";
import { addressedModel } from "../endpoints/find.ts";
import type { BodyKind, Endpoint } from "../endpoints.ts";
import { ROUTE_ROWS } from "../providers.ts";
import { isBodyless, judgedPath, type Target } from "../target.ts";
import { judgeAddress } from "./address.ts";
import { readBytes, undone } from "./body.ts";
import { sharedFieldsOf } from "./fields.ts";
import { isForm, readForm } from "./form.ts";
import { readJson } from "./json.ts";

const encoder = new TextEncoder();

/** Whether a policy goes by all that a body asks for: rules about this provider's models, limits, money. */
const readsAll = (policy: Policy, { routes }: Endpoint): boolean =>
  countsTokens(policy) || routes.some((route) => policy.models?.[ROUTE_ROWS[route].provider] !== undefined);

/** Kinds that reach nothing, and whose answers name no model: unread, they would have no price. */
const NAMELESS: ReadonlySet<BodyKind> = new Set<BodyKind>(["audio-form"]);

/** Whether it goes by what a body reaches. */
const readsFields = ({ endpoints }: Policy, { body }: Endpoint): boolean =>
  endpoints === "inference" && (sharedFieldsOf(body).length > 0 || NAMELESS.has(body));

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
  judgeAddress(request, target, endpoint, policy);
  call.model = addressedModel(endpoint, target);
  // Frames come later than any look at them here could.
  call.input.unseen = endpoint.socket !== undefined;
  call.stream = judgedPath(target.path).includes(":streamGenerateContent");
  const whole = readsAll(policy, endpoint);
  if (body === null || endpoint.body === "none" || !(whole || readsFields(policy, endpoint))) return { call, body };
  const bytes = await readBytes(request);
  if (bytes.length === 0) return { call, body: bytes };
  const plain = await undone(bytes, request.headers);
  if (isForm(request, endpoint.body)) {
    const type = request.headers.get("content-type") ?? "";
    return { call: await readForm(plain, type, endpoint, policy), body: bytes };
  }
  const read = readJson(plain, endpoint, call.model, policy, whole);
  read.call.stream ||= call.stream;
  if (read.changed === null) return { call: read.call, body: bytes };
  // Its content-encoding would be another one; `forward` sends such a body plain.
  return { call: read.call, body: new Uint8Array(encoder.encode(read.changed)) };
}
