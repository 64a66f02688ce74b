import type { Call } from "./call.ts";
import { digest } from "./call.ts";

/** The text of an answer and what it counts. */
export interface Reply {
  /** The text in the pieces in which a stream sends it. */
  pieces: string[];
  /** True where the caller's output limit cut it. */
  cut: boolean;
  usage: { input: number; output: number; cached: number; reasoning: number };
}

/** Splits text into words that keep the blanks before them: a fake token each. */
export function words(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}

/**
 * The answer to a prompt: `Echo: ` and the prompt, unless the model's name asks for something else.
 *
 * @param call the request
 * @param input all text that the caller sent
 * @param last the text to echo
 * @param limit most fake tokens of output, or null
 */
export function reply(call: Call, input: string, last: string, limit: number | null): Reply {
  const { plan } = call;
  const asked =
    plan.words === null
      ? words(`Echo: ${last}`)
      : Array.from({ length: plan.words }, (_, index) => ` word${index + 1}`);
  const pieces = limit === null ? asked : asked.slice(0, Math.max(0, limit));
  const usage = plan.usage ?? { input: words(input).length, output: pieces.length, cached: 0, reasoning: 0 };
  return { pieces, cut: pieces.length < asked.length, usage };
}

/** A unit vector that the same text gets again. */
export function vector(text: string, length: number): number[] {
  const bytes = Buffer.from(digest(text), "hex");
  const raw = Array.from({ length }, (_, index) => (bytes[index % bytes.length] ?? 0) - 127.5 + index * 0.01);
  const size = Math.hypot(...raw);
  // float32, as the base64 form has it, so that both forms hold the same numbers.
  return raw.map((value) => Math.fround(value / size));
}
