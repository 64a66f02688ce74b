import { withDeadline } from "../shared/deadline.ts";
import { plainBody } from "./codings.ts";

/** How much of an answer is looked at, in characters: an error says in its first lines what it is about. */
const PEEKED_LENGTH = 16 * 1024;
/** How long that may take, in ms. An error that trickles in is judged by what has come. */
const PEEK_MS = 3_000;

/**
 * Reads the beginning of an answer's body from a copy, so that the answer can still be handed on.
 *
 * @param answer the provider's, its body not yet read
 * @returns as much as came before a break or the deadline; empty where there is no body, or its coding can't be undone
 */
export async function beginningOf(answer: Response): Promise<string> {
  if (answer.body === null) return "";
  const copy = answer.clone();
  let text = "";
  try {
    const body = await plainBody(copy);
    if (body === null) {
      await copy.body?.cancel();
      return "";
    }
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const read = async (): Promise<void> => {
      while (text.length < PEEKED_LENGTH) {
        const { done, value } = await reader.read();
        if (done) return;
        text += decoder.decode(value, { stream: true });
      }
    };
    await withDeadline(read(), PEEK_MS, "error body").finally(() => void reader.cancel().catch(() => undefined));
  } catch {
    // A provider that breaks off in the middle of an error: what came is all there is to judge by.
  }
  return text;
}
