import { type Answer, type Call, whole } from "../call.ts";
import { chat } from "../openai/chat.ts";
import type { Route } from "../routes.ts";
import { batchResults, cancelBatch, createBatch, listBatches, oneBatch } from "./batches.ts";
import { countTokens, invalid, messages, models, oneModel } from "./messages.ts";

type Answering = Route["answer"];

const checked =
  (answer: Answering): Answering =>
  (call: Call, parts: string[]): Answer =>
    invalid(call) ?? answer(call, parts);

const batch = "/v1/messages/batches/([^/]+)";

/** Anthropic's endpoints. */
export const ANTHROPIC_ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/v1\/messages$/, json: true, answer: checked(messages) },
  { method: "POST", path: /^\/v1\/messages\/count_tokens$/, json: true, answer: checked(countTokens) },
  // OpenAI's dialect, which asks for no version (platform.claude.com/docs, OpenAI SDK compatibility).
  { method: "POST", path: /^\/v1\/chat\/completions$/, json: true, answer: chat },
  { method: "GET", path: /^\/v1\/models$/, answer: checked(models) },
  { method: "GET", path: /^\/v1\/models\/([^/]+)$/, answer: checked((call, [id = ""]) => oneModel(call, id)) },
  {
    method: "DELETE",
    path: /^\/v1\/files\/([^/]+)$/,
    answer: checked((_call, [id = ""]) => whole({ id, type: "file_deleted" })),
  },
  { method: "POST", path: /^\/v1\/messages\/batches$/, json: true, answer: checked(createBatch) },
  { method: "GET", path: /^\/v1\/messages\/batches$/, answer: checked(listBatches) },
  {
    method: "POST",
    path: new RegExp(`^${batch}/cancel$`),
    answer: checked((call, [id = ""]) => cancelBatch(call, id)),
  },
  { method: "GET", path: new RegExp(`^${batch}$`), answer: checked((call, [id = ""]) => oneBatch(call, id)) },
  {
    method: "GET",
    path: new RegExp(`^${batch}/results$`),
    answer: checked((call, [id = ""]) => batchResults(call, id)),
  },
];
