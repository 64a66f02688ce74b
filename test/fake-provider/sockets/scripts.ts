import type { Call } from "../call.ts";
import { field, string } from "../json.ts";
import { geminiTurn } from "./gemini.ts";
import { invalid, liveTurn, realtimeTurn, responsesTurn, session } from "./openai.ts";

/** What a provider sends in answer to a message; objects go as JSON. */
export type Said = object | string | Buffer;

/** How a provider speaks at one of its endpoints. */
export interface Script {
  path: RegExp;
  /** What it says first. */
  greeting(handshake: Call): Said[];
  /** What it says to a message of the client's, which is parsed JSON. */
  answer(handshake: Call, message: unknown, turn: number): Said[];
  /** The model that a message names. */
  model(message: unknown): string;
  /** Google sends its JSON in binary frames. */
  binary: boolean;
}

const GEMINI =
  /^\/{1,2}ws\/google\.ai\.generativelanguage\.v1(?:beta|alpha)?\.GenerativeService\.BidiGenerate(?:Content(?:Constrained)?|Music)$/;

/** Every endpoint that takes sockets. */
export const SCRIPTS: readonly Script[] = [
  {
    path: /^\/v1\/realtime(?:\/translations)?$/,
    greeting: ({ query }) => [
      { type: "session.created", event_id: "event_fake", session: session(string(query.get("model"))) },
    ],
    answer(handshake, message, turn) {
      const type = string(field(message, "type"));
      if (type === "response.create") return realtimeTurn(handshake, message, turn);
      if (type !== "session.update") return invalid(message);
      return [{ type: "session.updated", event_id: `event_${turn}`, session: session("") }];
    },
    model: () => "",
    binary: false,
  },
  {
    path: /^\/v1\/responses$/,
    greeting: () => [],
    answer: responsesTurn,
    model: (message) => string(field(message, "model")),
    binary: false,
  },
  {
    path: /^\/v1\/live\/sessions(?:\/[^/]+\/(?:attach|fork))?$/,
    greeting: () => [],
    answer: liveTurn,
    model: (message) => string(field(message, "session", "model")),
    binary: false,
  },
  {
    path: GEMINI,
    greeting: () => [],
    answer: geminiTurn,
    model: (message) => string(field(message, "setup", "model")).replace(/^models\//, ""),
    binary: true,
  },
];
