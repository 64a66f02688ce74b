import type { Endpoint } from "../endpoints.ts";

const READ = ["GET", "HEAD"];
const POST = ["POST"];

const ANTHROPIC = { routes: ["anthropic"], class: "inference", methods: POST, cost: "metered" } as const;
const ALL = { routes: ["anthropic", "anthropic-openai"], class: "all", body: "none", meter: null } as const;

/** Anthropic's places (platform.claude.com/docs/en/api, and the resources of @anthropic-ai/sdk 1). */
export const ANTHROPIC_ENDPOINTS: readonly Endpoint[] = [
  { ...ANTHROPIC, name: "messages", path: /^\/v1\/messages\/?$/, body: "messages", meter: "messages" },
  {
    ...ANTHROPIC,
    name: "messages.count",
    path: /^\/v1\/messages\/count_tokens\/?$/,
    body: "messages",
    meter: null,
    // platform.claude.com/docs, Token counting: free to use.
    cost: "free",
  },
  { ...ANTHROPIC, name: "complete", path: /^\/v1\/complete\/?$/, body: "completions", meter: "completions" },
  {
    ...ANTHROPIC,
    name: "models",
    methods: READ,
    path: /^\/v1\/models(?:\/[^/]+)?\/?$/,
    body: "none",
    meter: null,
    cost: "free",
  },
  {
    ...ANTHROPIC,
    name: "chat",
    routes: ["anthropic-openai"],
    path: /^\/v1\/chat\/completions\/?$/,
    body: "chat",
    meter: "chat",
  },
  {
    ...ALL,
    name: "batch.results",
    methods: READ,
    path: /^\/v1\/messages\/batches\/[^/]+\/results\/?$/,
    meter: "message-batch-results",
    cost: "metered",
  },
  { ...ALL, name: "batch.cancel", methods: POST, path: /^\/v1\/messages\/batches\/[^/]+\/cancel\/?$/, cost: "free" },
  { ...ALL, name: "files", methods: POST, path: /^\/v1\/files(?:\/.*)?$/, cost: "free" },
  { ...ALL, name: "read", methods: [...READ, "DELETE", "OPTIONS"], path: /^/, cost: "free" },
  // Everything else that the provider has: batches, skills, agents, sessions, environments, …
  { ...ALL, name: "other", methods: [...POST, "PUT", "PATCH"], path: /^/, cost: "unknown" },
];
