import { type Answer, type Call, whole } from "../call.ts";
import { failure } from "../errors.ts";
import { field, list, number, textOf } from "../json.ts";
import type { Route } from "../routes.ts";
import { vector, words } from "../words.ts";
import { deleteFile, fileBytes, oneFile, redirectToFile } from "./files.ts";
import { generate, stream } from "./generate.ts";
import { isKnownUpload, upload } from "./uploads.ts";
import { generateVideo, operation } from "./videos.ts";

const MODELS = ["gemini-3.8-flash", "gemini-embedding-001"];
const VECTOR_LENGTH = 768;

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
