import { namesOf, toolUse, typed } from "../agent.ts";
import { type Answer, type Call, type Frame, whole } from "../call.ts";
import { failure, geminiError } from "../errors.ts";
import { field, list, number, textOf } from "../json.ts";
import type { Route } from "../routes.ts";
import { fitting } from "../structured.ts";
import { type Reply, reply, vector, words } from "../words.ts";
import { deleteFile, fileBytes, oneFile, redirectToFile } from "./files.ts";
import { isKnownUpload, upload } from "./uploads.ts";
import { generateVideo, operation } from "./videos.ts";

const MODELS = ["gemini-3.8-flash", "gemini-embedding-001"];
const VECTOR_LENGTH = 768;

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
  const said = reply(call, `${textOf(field(call.json, "systemInstruction"))} ${textOf(contents)}`, last, limit);
  const schema = field(call.json, "generationConfig", "responseJsonSchema");
  return schema === undefined ? said : { ...said, pieces: [JSON.stringify(fitting(schema, last))] };
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

function generate(call: Call): Answer {
  const answer = said(call);
  const called = functionCall(call);
  const parts = called === null ? [{ text: answer.pieces.join("") }] : [called];
  const finish = answer.cut ? "MAX_TOKENS" : "STOP";
  return whole(chunk(call, parts, usageOf(answer, answer.usage.output), finish));
}

/** SSE frames end with CRLF CRLF; without `alt=sse` the same chunks are one JSON list. */
function stream(call: Call): Answer {
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

function countTokens(call: Call): Answer {
  const contents = field(call.json, "contents") ?? field(call.json, "generateContentRequest", "contents");
  const totalTokens = words(textOf(contents)).length;
  return whole({ totalTokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: totalTokens }] });
}

function embedding(request: unknown): { values: number[] } {
  const length = number(field(request, "outputDimensionality")) ?? VECTOR_LENGTH;
  return { values: vector(textOf(field(request, "content")), length) };
}

function model(id: string): unknown {
  return {
    name: `models/${id}`,
    version: "001",
    displayName: id,
    description: "A model of the fake provider.",
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "countTokens", "embedContent"],
  };
}

function oneModel(call: Call, id: string): Answer {
  if (!MODELS.includes(id) && !id.startsWith("fake-")) {
    return failure("gemini", call, 404, `models/${id} is not found for API version v1beta.`);
  }
  return whole(model(id));
}

const VERSION = "^/v1(?:beta|alpha)?";
const at = (rest: string): RegExp => new RegExp(`${VERSION}${rest}$`);
const action = (name: string): RegExp => at(`/(?:models|tunedModels)/[^/:]+:${name}`);
const UPLOAD =
  /^\/upload\/v1(?:beta|alpha)?\/(?:files|fileSearchStores\/[^/]+:uploadToFileSearchStore|environments\/[^/]+\/files\/.+)$/;

/** Gemini's endpoints, in `v1`, `v1beta` and `v1alpha`. */
export const GEMINI_ROUTES: readonly Route[] = [
  { method: "POST", path: action("generateContent"), json: true, answer: generate },
  { method: "POST", path: action("streamGenerateContent"), json: true, answer: stream },
  { method: "POST", path: action("countTokens"), json: true, answer: countTokens },
  {
    method: "POST",
    path: action("embedContent"),
    json: true,
    answer: (call) => whole({ embedding: embedding(call.json) }),
  },
  {
    method: "POST",
    path: action("batchEmbedContents"),
    json: true,
    answer: (call) => whole({ embeddings: list(field(call.json, "requests")).map(embedding) }),
  },
  {
    method: "PATCH",
    path: at("/(cachedContents/[^/:]+)"),
    json: true,
    answer: (call, [name = ""]) => whole({ name, model: "models/gemini-3.8-flash", ttl: field(call.json, "ttl") }),
  },
  { method: "GET", path: at("/models"), answer: () => whole({ models: MODELS.map(model) }) },
  { method: "GET", path: at("/models/([^/:]+)"), answer: (call, [id = ""]) => oneModel(call, id) },
  { method: "POST", path: UPLOAD, keyless: isKnownUpload, answer: upload },
  { method: "PUT", path: UPLOAD, keyless: isKnownUpload, answer: upload },
  { method: "GET", path: at("/files/([^/:]+)"), answer: (call, [id = ""]) => oneFile(call, id) },
  { method: "DELETE", path: at("/files/([^/:]+)"), answer: (call, [id = ""]) => deleteFile(call, id) },
  {
    method: "GET",
    path: /^\/(v1(?:beta|alpha)?)\/files\/([^/:]+):download$/,
    answer: (call, [version = "", id = ""]) => redirectToFile(call, version, id),
  },
  {
    method: "GET",
    path: /^\/download\/v1(?:beta|alpha)?\/files\/([^/:]+):download$/,
    answer: (call, [id = ""]) => fileBytes(call, id),
  },
  { method: "POST", path: action("predictLongRunning"), json: true, answer: generateVideo },
  { method: "GET", path: at("/(models/[^/]+/operations/[^/]+)"), answer: (call, [name = ""]) => operation(call, name) },
];
