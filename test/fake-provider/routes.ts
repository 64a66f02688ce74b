import type { Answer, Call } from "./call.ts";

/** One endpoint. */
export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: RegExp;
  /** True where the body must be JSON. */
  json?: boolean;
  /** Tells whether a request may come without a key; a wrong one is still refused. */
  keyless?(call: Call): boolean;
  answer(call: Call, parts: string[]): Answer;
}
