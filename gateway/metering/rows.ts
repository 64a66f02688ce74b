import type { MeterKind } from "../endpoints.ts";
import {
  findAtTop,
  findBatch,
  findBatchLine,
  findChat,
  findGenerated,
  findImages,
  findInEvent,
  findInteraction,
  findMessage,
  findResponse,
} from "./finders.ts";
import type { MeterRow } from "./found.ts";
import { anthropicCounts, geminiCounts, imageCounts, interactionCounts, openaiCounts } from "./shapes.ts";

const OPENAI: MeterRow = {
  every: ["usage"],
  last: null,
  words: [],
  usageField: "usage",
  modelField: "model",
  lines: false,
  find: findAtTop,
  counts: openaiCounts,
};
const CHAT: MeterRow = { ...OPENAI, every: [], last: "usage", find: findChat };
const MESSAGES: MeterRow = {
  ...OPENAI,
  words: ["text", "thinking", "partial_json"],
  find: findMessage,
  counts: anthropicCounts,
};
const GENERATE: MeterRow = {
  ...OPENAI,
  every: ["webSearchQueries"],
  // Every event has it: reading them all would cost more than all the rest.
  last: "usageMetadata",
  words: ["text"],
  usageField: "usageMetadata",
  modelField: "modelVersion",
  find: findGenerated,
  counts: geminiCounts,
};

/** Kinds that are metered frame by frame (`gateway/sockets/`). */
export type SocketMeterKind = "realtime" | "responses-socket" | "live-sessions" | "gemini-live";

/** How each kind of answer tells its usage; field names are those of the providers' SDKs. */
export const METER_ROWS: Record<Exclude<MeterKind, SocketMeterKind>, MeterRow> = {
  chat: { ...CHAT, words: ["content", "arguments", "refusal", "reasoning_content", "transcript"] },
  // Anthropic's older endpoint of this kind says `completion`, and never tells its usage.
  completions: { ...CHAT, words: ["text", "completion"] },
  responses: { ...OPENAI, words: ["delta"], find: findResponse },
  embeddings: OPENAI,
  images: { ...OPENAI, every: ["usage", "svg_usage"], find: findImages, counts: imageCounts },
  transcription: { ...OPENAI, words: ["delta"], find: findInEvent(/^transcript\.text\.done$/) },
  speech: { ...OPENAI, find: findInEvent(/^speech\.audio\.done$/) },
  messages: MESSAGES,
  "message-batch-results": { ...MESSAGES, words: [], lines: true, find: findBatchLine },
  "openai-batch": { ...OPENAI, find: findBatch },
  generate: GENERATE,
  embed: { ...GENERATE, words: [] },
  predict: { ...GENERATE, words: [] },
  interactions: {
    ...OPENAI,
    // Sums so far, in the events of a stream that has many.
    last: "total_usage",
    words: ["text", "arguments"],
    find: findInteraction,
    counts: interactionCounts,
  },
};
