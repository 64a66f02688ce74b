import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { type Answer, type Call, CREATED_ISO, whole } from "../call.ts";
import { failure } from "../errors.ts";
import { field, list, string } from "../json.ts";
import { message } from "./messages.ts";

/** Batches that were created, with their requests. It goes with the process. */
const created = new Map<string, unknown[]>();

function batch(call: Call, id: string, status: "in_progress" | "canceling" | "ended"): unknown {
  const ended = status === "ended";
  const all = created.get(id)?.length ?? 0;
  const counts = { processing: ended ? 0 : all, succeeded: ended ? all : 0, errored: 0, canceled: 0, expired: 0 };
  return {
    id,
    type: "message_batch",
    processing_status: status,
    request_counts: counts,
    created_at: CREATED_ISO,
    ended_at: ended ? CREATED_ISO : null,
    expires_at: CREATED_ISO,
    archived_at: null,
    cancel_initiated_at: status === "canceling" ? CREATED_ISO : null,
    results_url: ended ? `${call.origin}/v1/messages/batches/${id}/results` : null,
  };
}

/** `POST /v1/messages/batches` */
export function createBatch(call: Call): Answer {
  const id = call.id("msgbatch_");
  created.set(id, list(field(call.json, "requests")));
  return whole(batch(call, id, "in_progress"));
}

const CODINGS = new Map<string, (body: string | Buffer) => Buffer>([
  ["br", (body) => brotliCompressSync(body)],
  ["gzip", (body) => gzipSync(body)],
  ["deflate", (body) => deflateSync(body)],
  ["zstd", (body) => zstdCompressSync(body)],
]);

/**
 * `GET /v1/messages/batches/{id}`: by the first look, it has ended. The header `x-fake-coding` asks for a content coding,
 * whatever the client says that it takes.
 */
export function oneBatch(call: Call, id: string): Answer {
  if (!created.has(id)) return failure("anthropic", call, 404, `Message batch ${id} not found.`);
  const answer = whole(batch(call, id, "ended"));
  const coding = string(call.headers["x-fake-coding"]);
  const compress = CODINGS.get(coding);
  if (compress === undefined || answer.kind !== "whole") return answer;
  return { ...answer, headers: { ...answer.headers, "content-encoding": coding }, body: compress(answer.body) };
}

/** `GET /v1/messages/batches`: newest first, all of them on pages of `limit`. */
export function listBatches(call: Call): Answer {
  const ids = [...created.keys()].toReversed();
  const after = call.query.get("after_id");
  const rest = after === null ? ids : ids.slice(ids.indexOf(after) + 1);
  const page = rest.slice(0, Number(call.query.get("limit") ?? 20));
  return whole({
    data: page.map((id) => batch(call, id, "ended")),
    has_more: page.length < rest.length,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  });
}

/** `POST /v1/messages/batches/{id}/cancel` */
export function cancelBatch(call: Call, id: string): Answer {
  if (!created.has(id)) return failure("anthropic", call, 404, `Message batch ${id} not found.`);
  return whole(batch(call, id, "canceling"));
}

/** `GET /v1/messages/batches/{id}/results`: a line of JSON for each request. */
export function batchResults(call: Call, id: string): Answer {
  const requests = created.get(id);
  if (requests === undefined) return failure("anthropic", call, 404, `Message batch ${id} not found.`);
  const lines = requests.map((request) => {
    const result = { type: "succeeded", message: message(call, field(request, "params")).message };
    return `${JSON.stringify({ custom_id: string(field(request, "custom_id")), result })}\n`;
  });
  return { kind: "whole", status: 200, headers: { "content-type": "application/x-jsonl" }, body: lines.join("") };
}
