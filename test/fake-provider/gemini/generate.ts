import { namesOf, toolUse, typed } from "../agent.ts";
import { type Answer, type Call, type Frame, whole } from "../call.ts";
import { geminiError } from "../errors.ts";
import { field, list, number, textOf } from "../json.ts";
import { fitting } from "../structured.ts";
import { type Reply, reply } from "../words.ts";

function usageOf({ usage }: Reply, output: number): unknown {
  return {
    promptTokenCount: usage.input,
    candidatesTokenCount: output - usage.reasoning,
    totalTokenCount: usage.input + output,
    ...(usage.cached > 0 && { cachedContentTokenCount: usage.cached }),
    ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: usage.input }],
  };
}

/** The last turn's text: what the person wrote, or what a tool answered. */
function heard(contents: unknown[]): { text: string; answered: boolean } {
  const last = contents.findLast((content) => field(content, "role") !== "model");
  const results = list(field(last, "parts")).flatMap((part) => field(part, "functionResponse", "response") ?? []);
  return results.length > 0
    ? { text: JSON.stringify(results), answered: true }
    : { text: textOf(last), answered: false };
}

function said(call: Call): Reply {
  const contents = list(field(call.json, "contents"));
  const last = typed(heard(contents).text);
  const limit = number(field(call.json, "generationConfig", "maxOutputTokens"));
  const answer = reply(call, `${textOf(field(call.json, "systemInstruction"))} ${textOf(contents)}`, last, limit);
  const schema = field(call.json, "generationConfig", "responseJsonSchema");
  return schema === undefined ? answer : { ...answer, pieces: [JSON.stringify(fitting(schema, last))] };
}

function functionCall(call: Call): unknown {
  const contents = list(field(call.json, "contents"));
  const tools = list(field(call.json, "tools")).flatMap((tool) => list(field(tool, "functionDeclarations")));
  const { text, answered } = heard(contents);
  const called = answered ? null : toolUse(text, namesOf(tools));
  return called && { functionCall: called };
}

function chunk(call: Call, parts: unknown[], usage: unknown, finishReason?: string): unknown {
  const candidate = { content: { parts, role: "model" }, ...(finishReason && { finishReason }), index: 0 };
  return { candidates: [candidate], usageMetadata: usage, modelVersion: call.model, responseId: call.id("") };
}

/** `POST …:generateContent` */
export function generate(call: Call): Answer {
  const answer = said(call);
  const called = functionCall(call);
  const parts = called === null ? [{ text: answer.pieces.join("") }] : [called];
  const finish = answer.cut ? "MAX_TOKENS" : "STOP";
  return whole(chunk(call, parts, usageOf(answer, answer.usage.output), finish));
}

/** `POST …:streamGenerateContent`: SSE frames end with CRLF CRLF; without `alt=sse` the same chunks are one JSON list. */
export function stream(call: Call): Answer {
  const answer = said(call);
  const called = functionCall(call);
  const texts = called === null ? answer.pieces.map((text) => ({ text })) : [called];
  const chunks = texts.map((part, index) => {
    const last = index === texts.length - 1;
    const soFar = last ? answer.usage.output : Math.min(index + 1, answer.usage.output);
    return chunk(call, [part], usageOf(answer, soFar), last ? (answer.cut ? "MAX_TOKENS" : "STOP") : undefined);
  });
  const sse = call.query.get("alt") === "sse";
  const frames: Frame[] = chunks.map((value, index) => ({
    text: sse
      ? `data: ${JSON.stringify(value)}\r\n\r\n`
      : `${index === 0 ? "[" : ",\r\n"}${JSON.stringify(value, null, 2)}`,
    piece: true,
  }));
  if (sse) return { kind: "stream", headers: { "content-type": "text/event-stream" }, frames };
  frames.push({ text: "]\n", piece: false });
  const errorFrame = `,\r\n${JSON.stringify(geminiError(503, "The model is overloaded."), null, 2)}]\n`;
  return { kind: "stream", headers: { "content-type": "application/json; charset=UTF-8" }, frames, errorFrame };
}
