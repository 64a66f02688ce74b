import type { Answer, Call } from "./call.ts";

/** One endpoint. */
export interface Route {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: RegExp;
  /** True where the body must be JSON. */
  json?: boolean;
  answer(call: Call, parts: string[]): Answer;
}
