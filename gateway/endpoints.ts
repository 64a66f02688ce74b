import type { EndpointClass } from "../shared/policy.ts";
import type { Route } from "./providers.ts";

/** How a request's body is read, where its policy wants it read. */
export type BodyKind =
  | "chat"
  | "completions"
  | "responses"
  | "embeddings"
  | "images"
  | "image-form"
  | "audio-form"
  | "speech"
  | "messages"
  | "generate"
  | "embed"
  | "predict"
  | "interactions"
  | "none";

/** Where an answer has its usage. */
export type MeterKind =
  | "chat"
  | "completions"
  | "responses"
  | "embeddings"
  | "images"
  | "transcription"
  | "speech"
  | "messages"
  | "message-batch-results"
  | "openai-batch"
  | "generate"
  | "embed"
  | "predict"
  | "interactions"
  | "realtime"
  | "responses-socket"
  | "live-sessions"
  | "gemini-live";

/** What an endpoint costs its owner. */
export type EndpointCost =
  /** By what its answer reports, or by an estimate. */
  | "metered"
  /** Nothing. */
  | "free"
  /** Something that no answer tells (training, batches, hosted agents): like a model without a price. */
  | "unknown";

/** A place of a provider's API. */
export interface Endpoint {
  /** Short name for logs and usage, e.g. `chat`, `messages.count`. */
  name: string;
  routes: readonly Route[];
  methods: readonly string[];
  /** Of the judged path (`judgedPath`), whole. Its group `model` names the model where the path does. */
  path: RegExp;
  /** The narrowest class that opens it. */
  class: EndpointClass;
  body: BodyKind;
  meter: MeterKind | null;
  cost: EndpointCost;
  /** Of a place that takes WebSockets, and nothing else; left out: it takes none. */
  socket?: SocketModel;
  /** Parameters of its query that reach what all users of a provider key share; left out: none. */
  sharedParameters?: readonly string[];
}

/** Where a WebSocket names its model. */
export type SocketModel =
  /** In the query. */
  | "query"
  /** In its frames; a token with model rules is told to go on by HTTP, where the body names it (426). */
  | "frames-or-post"
  /** In its frames, and there is no other way in. */
  | "frames";
