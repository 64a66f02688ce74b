// What is claimed of a row is tried before it is measured.
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Row } from "./peer.ts";

const TIMEOUT_MS = 30_000;

/** Asks once. */
async function ask(row: Row, answer: Answer, key?: string): Promise<{ status: number; text: string }> {
  const { target, headers, body } = row.question(answer, key);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`http://127.0.0.1:${row.port}${target}`, { method: "POST", headers, body, signal });
  return { status: response.status, text: await response.text() };
}

/**
 * What an answer lacks of what the provider sent: all of its 50 words, in 50 events where it is a stream, and its end.
 *
 * @returns words that say what is wrong; null: it is whole
 */
export function lackOf(answer: Answer, text: string): string | null {
  const words = text.match(/"light "/g)?.length ?? 0;
  if (answer === "json") return text.includes("light ".repeat(50).trim()) ? null : "the answer's words are missing";
  if (words !== 50) return `${words} words of 50 came`;
  return text.includes("data: [DONE]") ? null : "the stream's end is missing";
}

/**
 * Sees to it that a row answers as the provider does, and does with a wrong key what is said of it.
 *
 * @throws Error that says what is different
 */
export async function provesRow(row: Row): Promise<void> {
  for (const answer of ["json", "sse-50"] as const) {
    const { status, text } = await ask(row, answer);
    const lack = status === 200 ? lackOf(answer, text) : `${status}: ${text.slice(0, 200)}`;
    if (lack !== null) throw new Error(`asked for ${answer}: ${lack}`);
  }
  const { status } = await ask(row, "json", "sk-of-nobody");
  if ((status === 200 ? "answered" : "refused") !== row.wrongKey || status >= 500)
    throw new Error(`a wrong key came to ${status}, and should be ${row.wrongKey}`);
}

/**
 * Sees to it that limits are kept: each key may have one request, and no more once that is counted.
 *
 * @throws Error where a key may have more
 */
export async function provesLimits(row: Row, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const statuses = [];
    for (let count = 0; count < 10 && statuses.filter((status) => status !== 200).length === 0; count++) {
      statuses.push((await ask(row, "json", key)).status);
      await sleep(200);
    }
    const [first, last] = [statuses[0], statuses.at(-1)];
    if (first !== 200 || last === 200) throw new Error(`a limit isn't kept: ${statuses.join(", ")}`);
  }
}
