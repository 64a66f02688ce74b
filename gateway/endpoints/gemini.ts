import type { Endpoint } from "../endpoints.ts";

const READ = ["GET", "HEAD"];
const POST = ["POST"];

/** A method of a model, such as `/v1beta/models/gemini-3.8-flash:generateContent`. */
const modelMethod = (methods: string): RegExp =>
  new RegExp(`^/v1(?:beta|alpha)?/models/(?<model>[^/:]+):(?:${methods})/?$`);

const GEMINI = { routes: ["gemini"], class: "inference", methods: POST, cost: "metered" } as const;
const COMPATIBLE = { ...GEMINI, routes: ["gemini-openai"] } as const;
const ALL = { routes: ["gemini", "gemini-openai"], class: "all", body: "none", meter: null } as const;

const FREE_READ = { methods: READ, body: "none", meter: null, cost: "free" } as const;

/** Google's places (ai.google.dev/api, and the resources of @google/genai 3). */
export const GEMINI_ENDPOINTS: readonly Endpoint[] = [
  {
    ...GEMINI,
    name: "generate",
    path: modelMethod("generateContent|streamGenerateContent"),
    body: "generate",
    meter: "generate",
  },
  // ai.google.dev/gemini-api/docs/tokens: countTokens isn't billed.
  { ...GEMINI, name: "generate.count", path: modelMethod("countTokens"), body: "generate", meter: null, cost: "free" },
  { ...GEMINI, name: "embed", path: modelMethod("embedContent|batchEmbedContents"), body: "embed", meter: "embed" },
  { ...GEMINI, name: "predict", path: modelMethod("predict"), body: "predict", meter: "predict" },
  {
    ...GEMINI,
    name: "interactions",
    path: /^\/v1(?:beta|alpha)?\/interactions\/?$/,
    body: "interactions",
    meter: "interactions",
  },
  {
    ...GEMINI,
    name: "decisions",
    path: /^\/v1(?:beta|alpha)?\/decisions\/?$/,
    body: "interactions",
    meter: "interactions",
  },
  { ...GEMINI, ...FREE_READ, name: "models", path: /^\/v1(?:beta|alpha)?\/models(?:\/[^/:]+)?\/?$/ },
  {
    ...GEMINI,
    name: "live",
    methods: READ,
    path: /^\/ws\/google\.ai\.generativelanguage\.v1(?:beta|alpha)?\.GenerativeService\.BidiGenerateContent(?:Constrained)?$/,
    body: "none",
    meter: "gemini-live",
    socket: "frames",
  },
  {
    ...GEMINI,
    name: "music",
    methods: READ,
    path: /^\/ws\/google\.ai\.generativelanguage\.v1(?:beta|alpha)?\.GenerativeService\.BidiGenerateMusic$/,
    body: "none",
    meter: null,
    // Its messages tell no usage.
    cost: "unknown",
    socket: "frames",
  },
  { ...COMPATIBLE, name: "chat", path: /^\/v1beta\/openai\/chat\/completions\/?$/, body: "chat", meter: "chat" },
  {
    ...COMPATIBLE,
    name: "embeddings",
    path: /^\/v1beta\/openai\/embeddings\/?$/,
    body: "embeddings",
    meter: "embeddings",
  },
  {
    ...COMPATIBLE,
    name: "images",
    path: /^\/v1beta\/openai\/images\/generations\/?$/,
    body: "images",
    meter: "images",
  },
  { ...COMPATIBLE, ...FREE_READ, name: "models", path: /^\/v1beta\/openai\/models(?:\/[^/]+)*\/?$/ },
  {
    ...ALL,
    name: "tuned.generate",
    methods: POST,
    path: /^\/v1(?:beta|alpha)?\/(?<model>tunedModels\/[^/:]+):(?:generateContent|streamGenerateContent)\/?$/,
    body: "generate",
    meter: "generate",
    cost: "metered",
  },
  { ...ALL, name: "upload", methods: [...POST, "PUT"], path: /^\/upload\//, cost: "free" },
  { ...ALL, name: "files", methods: POST, path: /^\/v1(?:beta|alpha)?\/files(?:[/:].*)?$/, cost: "free" },
  { ...ALL, name: "read", methods: [...READ, "DELETE", "OPTIONS"], path: /^/, cost: "free" },
  // Everything else that the provider has: caches, batches, tuning, long-running predictions, agents, …
  { ...ALL, name: "other", methods: [...POST, "PUT", "PATCH"], path: /^/, cost: "unknown" },
];
