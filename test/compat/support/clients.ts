import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import Anthropic0 from "anthropic-sdk-0";
import { GoogleGenAI as GoogleGenAI1 } from "google-genai-1";
import OpenAI from "openai";
import type { Provider } from "../../../shared/providers.ts";

/** Where a client is pointed, and with which API key: all that a holder changes. */
export interface Way {
  /** Origin of the gateway, or of the provider itself. */
  url: string;
  key: string;
}

/** A client as its users have it. */
export interface ClientKind<Client> {
  name: string;
  provider: Provider;
  /** The header in which the provider gets its real key from the gateway, and what stands before the key. */
  slot: [header: string, prefix: string];
  make(way: Way, maxRetries?: number): Client;
}

/** openai 7 */
export const OPENAI: ClientKind<OpenAI> = {
  name: "openai 7",
  provider: "openai",
  slot: ["authorization", "Bearer "],
  make: ({ url, key }, maxRetries = 0) => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries }),
};

/** openai 7 on Gemini's OpenAI-compatible paths */
export const GEMINI_OPENAI: ClientKind<OpenAI> = {
  name: "openai 7 on /v1beta/openai",
  provider: "gemini",
  slot: ["authorization", "Bearer "],
  make: ({ url, key }, maxRetries = 0) => new OpenAI({ baseURL: `${url}/v1beta/openai`, apiKey: key, maxRetries }),
};

/** @anthropic-ai/sdk 1: the key goes as Bearer. */
export const ANTHROPIC_1: ClientKind<Anthropic> = {
  name: "@anthropic-ai/sdk 1",
  provider: "anthropic",
  slot: ["x-api-key", ""],
  make: ({ url, key }, maxRetries = 0) => new Anthropic({ baseURL: url, apiKey: key, maxRetries }),
};

/** @anthropic-ai/sdk 0: the key goes as x-api-key. */
export const ANTHROPIC_0: ClientKind<Anthropic> = {
  name: "@anthropic-ai/sdk 0",
  provider: "anthropic",
  slot: ["x-api-key", ""],
  // Cast: the calls made here are the same in both majors; their declared types have nothing in common for tsc.
  make: ({ url, key }, maxRetries = 0) =>
    new Anthropic0({ baseURL: url, apiKey: key, maxRetries }) as unknown as Anthropic,
};

/** @google/genai 3: version v1. */
export const GENAI_3: ClientKind<GoogleGenAI> = {
  name: "@google/genai 3",
  provider: "gemini",
  slot: ["x-goog-api-key", ""],
  make: ({ url, key }) => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } }),
};

/** @google/genai 1: version v1beta. */
export const GENAI_1: ClientKind<GoogleGenAI> = {
  name: "@google/genai 1",
  provider: "gemini",
  slot: ["x-goog-api-key", ""],
  // Cast: as with Anthropic's majors.
  make: ({ url, key }) => new GoogleGenAI1({ apiKey: key, httpOptions: { baseUrl: url } }) as unknown as GoogleGenAI,
};
