import type { Endpoint } from "../endpoints.ts";

const POST = ["POST"];
const READ = ["GET", "HEAD"];

const OPENAI = { routes: ["openai"], class: "inference", methods: POST, cost: "metered" } as const;
const ALL = { routes: ["openai"], class: "all", body: "none", meter: null } as const;

/** OpenAI's places (platform.openai.com/docs/api-reference, and the resources of openai 7). */
export const OPENAI_ENDPOINTS: readonly Endpoint[] = [
  { ...OPENAI, name: "chat", path: /^\/v1\/chat\/completions\/?$/, body: "chat", meter: "chat" },
  { ...OPENAI, name: "completions", path: /^\/v1\/completions\/?$/, body: "completions", meter: "completions" },
  { ...OPENAI, name: "responses", path: /^\/v1\/responses(?:\/compact)?\/?$/, body: "responses", meter: "responses" },
  {
    ...OPENAI,
    name: "responses.count",
    path: /^\/v1\/responses\/input_tokens\/?$/,
    body: "responses",
    meter: null,
    cost: "free",
  },
  { ...OPENAI, name: "decisions", path: /^\/v1\/decisions\/?$/, body: "responses", meter: "responses" },
  { ...OPENAI, name: "embeddings", path: /^\/v1\/embeddings\/?$/, body: "embeddings", meter: "embeddings" },
  // Free of charge (platform.openai.com/docs/guides/moderation).
  { ...OPENAI, name: "moderations", path: /^\/v1\/moderations\/?$/, body: "embeddings", meter: null, cost: "free" },
  { ...OPENAI, name: "images", path: /^\/v1\/images\/generations\/?$/, body: "images", meter: "images" },
  {
    ...OPENAI,
    name: "images.edit",
    path: /^\/v1\/images\/(?:edits|variations)\/?$/,
    body: "image-form",
    meter: "images",
  },
  { ...OPENAI, name: "speech", path: /^\/v1\/audio\/speech\/?$/, body: "speech", meter: "speech" },
  {
    ...OPENAI,
    name: "transcription",
    path: /^\/v1\/audio\/(?:transcriptions|translations)\/?$/,
    body: "audio-form",
    meter: "transcription",
  },
  {
    ...OPENAI,
    name: "models",
    methods: READ,
    path: /^\/v1\/models(?:\/[^/]+)?\/?$/,
    body: "none",
    meter: null,
    cost: "free",
  },
  {
    ...OPENAI,
    name: "realtime",
    methods: READ,
    path: /^\/v1\/realtime(?:\/translations)?\/?$/,
    body: "none",
    meter: "realtime",
    socket: "query",
    // Joins a call that may be somebody else's.
    sharedParameters: ["call_id"],
  },
  {
    ...OPENAI,
    name: "responses.socket",
    methods: READ,
    path: /^\/v1\/responses\/?$/,
    body: "none",
    meter: "responses-socket",
    socket: "frames-or-post",
  },
  {
    ...OPENAI,
    name: "live",
    methods: READ,
    path: /^\/v1\/live\/sessions\/?$/,
    body: "none",
    meter: "live-sessions",
    socket: "frames",
  },
  // Somebody else's session may be joined here.
  {
    ...ALL,
    name: "live.join",
    methods: READ,
    path: /^\/v1\/live\/sessions\/[^/]+\/(?:attach|fork)\/?$/,
    meter: "live-sessions",
    cost: "metered",
    socket: "frames",
  },
  // What a stored response used is told each time it is read: it counts once.
  {
    ...ALL,
    name: "responses.stored",
    methods: READ,
    path: /^\/v1\/responses\/[^/]+\/?$/,
    meter: "responses",
    cost: "metered",
  },
  { ...ALL, name: "responses.cancel", methods: POST, path: /^\/v1\/responses\/[^/]+\/cancel\/?$/, cost: "free" },
  { ...ALL, name: "batch", methods: READ, path: /^\/v1\/batches\/[^/]+\/?$/, meter: "openai-batch", cost: "metered" },
  { ...ALL, name: "batch.cancel", methods: POST, path: /^\/v1\/batches\/[^/]+\/cancel\/?$/, cost: "free" },
  { ...ALL, name: "files", methods: POST, path: /^\/v1\/(?:files|uploads)(?:\/.*)?$/, cost: "free" },
  { ...ALL, name: "conversations", methods: POST, path: /^\/v1\/conversations(?:\/.*)?$/, cost: "free" },
  { ...ALL, name: "chat.stored", methods: POST, path: /^\/v1\/chat\/completions\/[^/]+\/?$/, cost: "free" },
  { ...ALL, name: "read", methods: [...READ, "DELETE", "OPTIONS"], path: /^/, cost: "free" },
  // Everything else that the provider has: batches, fine-tuning, vector stores, containers, videos, agents, calls, …
  { ...ALL, name: "other", methods: [...POST, "PUT", "PATCH"], path: /^/, cost: "unknown" },
];
