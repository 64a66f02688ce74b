// What the bench's provider answers, by the word that a request carries in its query: `?bench=json`. Each is what a provider of
// OpenAI's dialect sends, with the usage that the gateway meters.

const MODEL = "gpt-4.1-mini";
const USAGE = { prompt_tokens: 20, completion_tokens: 50, total_tokens: 70 };

/** What a request of the bench asks: a chat of some 300 bytes. */
export function questionOf(stream: boolean): string {
  return JSON.stringify({
    model: MODEL,
    max_tokens: 64,
    messages: [
      { role: "system", content: "Answer in one short sentence, in the language of the question." },
      { role: "user", content: "Why is the sky blue, and why does it turn red in the evening? ".repeat(2) },
    ],
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  });
}

const chunk = (bytes: string): string => `${Buffer.byteLength(bytes).toString(16)}\r\n${bytes}\r\n`;
const event = (value: unknown): string => chunk(`data: ${JSON.stringify(value)}\n\n`);

const JSON_BODY = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_760_000_000,
  model: MODEL,
  choices: [{ index: 0, message: { role: "assistant", content: "light ".repeat(50) }, finish_reason: "stop" }],
  usage: USAGE,
});

/** A whole JSON answer, head and body. */
export const JSON_ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${JSON_BODY.length}\r\n\r\n${JSON_BODY}`;

/** The head of a streamed answer. */
export const STREAM_HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";

/** One word of a streamed answer, as an HTTP chunk. `mark`: a text by which whoever reads it knows when it was sent. */
export const word = (mark = "light "): string =>
  event({
    id: "chatcmpl-bench",
    object: "chat.completion.chunk",
    created: 1_760_000_000,
    model: MODEL,
    choices: [{ index: 0, delta: { content: mark }, finish_reason: null }],
    usage: null,
  });

/** The end of a streamed answer: its usage, `[DONE]`, and the end of the body. */
export const STREAM_END = `${event({ id: "chatcmpl-bench", object: "chat.completion.chunk", model: MODEL, choices: [], usage: USAGE })}${chunk("data: [DONE]\n\n")}0\r\n\r\n`;

/** A head that announces bytes of no meaning. */
export const bytesHead = (length: number): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: ${length}\r\n\r\n`;
