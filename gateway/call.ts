import type { Endpoint } from "./endpoints.ts";

/** What of a request can become input tokens. */
export interface CallInput {
  /** Bytes of its body, base64 of images left out: no text has more tokens than bytes. */
  bytes: number;
  /** Images that stand in it as base64. */
  images: number;
  /** Whether it names content that can't be seen here: addresses, files, earlier answers, caches. */
  unseen: boolean;
}

/** What a request asks of a model, as far as limits and prices go by it. */
export interface Call {
  /** The row of the table; null: an endpoint that the table doesn't know. */
  endpoint: Endpoint | null;
  /** As the request names it; null where it names none. */
  model: string | null;
  /** Models that it names beside that one: of tools, and of those that are asked where the first one declines. Left out: none. */
  moreModels?: readonly string[];
  /** Whether the answer is asked for as an event stream. */
  stream: boolean;
  /** Whether the client asked for the usage of its stream itself (`stream_options.include_usage`). */
  asksForUsage: boolean;
  /** Whether the gateway asked for it in the client's place, so that what comes of it must not reach the client. */
  usageAdded: boolean;
  input: CallInput;
  /** The most output tokens that the request allows, all its answers together; null: it sets no bound. */
  outputBound: number | null;
  /**
   * The price classes that it asks for, in the words of `Usage.tier`: `priority`, `flex`, `fast`, `us`, several parted by a
   * space; null: none. Left out: nobody looked, so the dearest has to be reserved.
   */
  tier?: string | null;
  /** How many answers to one question it asks for, each of them billed; left out: one. */
  answers?: number;
  /** Tools of the provider's that it runs itself and bills apart from tokens (`web_search`, `code_interpreter`, …). */
  hostedTools: readonly string[];
  /** Whether it names what lies in the account of one provider key (a file, an earlier answer, a cache); left out: not as far as was read. */
  namesStored?: boolean;
}

/** A request's body on its way upstream: none, as it flows in, or whole because it had to be read. */
export type CallBody = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null;

/** A request after it was read. */
export interface Reading {
  call: Call;
  body: CallBody;
}

/** A call of which nothing was read. */
export const unreadCall = (endpoint: Endpoint | null): Call => ({
  endpoint,
  model: null,
  stream: false,
  asksForUsage: false,
  usageAdded: false,
  input: { bytes: 0, images: 0, unseen: false },
  outputBound: null,
  hostedTools: [],
});
