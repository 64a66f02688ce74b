import { type Answer, type Call, CREATED, whole } from "../call.ts";
import { field, list, number, string, textOf } from "../json.ts";
import { vector, words } from "../words.ts";

/** A PNG of one transparent pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const MODELS = ["gpt-5.5", "gpt-5.4-nano", "text-embedding-3-small", "gpt-4o-mini-tts", "gpt-4o-transcribe"];

function model(id: string): unknown {
  return { id, object: "model", created: CREATED, owned_by: "system" };
}

/** `GET /models` */
export function models(): Answer {
  return whole({ object: "list", data: MODELS.map(model) });
}

/** `GET /models/{id}` */
export function oneModel(id: string): Answer {
  if (MODELS.includes(id) || id.startsWith("fake-")) return whole(model(id));
  const message = `The model '${id}' does not exist`;
  return whole({ error: { message, type: "invalid_request_error", param: "model", code: "model_not_found" } }, 404);
}

/** `POST /embeddings` */
export function embeddings(call: Call): Answer {
  const input = field(call.json, "input");
  const texts = (Array.isArray(input) ? input : [input]).map((one) =>
    typeof one === "string" ? one : JSON.stringify(one),
  );
  const length = number(field(call.json, "dimensions")) ?? 1536;
  const packed = field(call.json, "encoding_format") === "base64";
  const data = texts.map((text, index) => {
    const values = vector(text, length);
    const embedding = packed ? Buffer.from(new Float32Array(values).buffer).toString("base64") : values;
    return { object: "embedding", index, embedding };
  });
  const prompt_tokens = call.plan.usage?.input ?? words(texts.join(" ")).length;
  return whole({ object: "list", data, model: call.model, usage: { prompt_tokens, total_tokens: prompt_tokens } });
}

/** `POST /images/generations` */
export function images(call: Call): Answer {
  const input_tokens = words(string(field(call.json, "prompt"))).length;
  return whole({
    created: CREATED,
    background: "opaque",
    data: Array.from({ length: number(field(call.json, "n")) ?? 1 }, () => ({ b64_json: PIXEL })),
    output_format: "png",
    quality: "low",
    size: "1024x1024",
    usage: {
      input_tokens,
      input_tokens_details: { text_tokens: input_tokens, image_tokens: 0 },
      output_tokens: 272,
      total_tokens: input_tokens + 272,
    },
  });
}

/** `POST /moderations` */
export function moderations(call: Call): Answer {
  const input = field(call.json, "input");
  const texts = typeof input === "string" ? [input] : list(input).map(textOf);
  const results = texts.map((text) => {
    const flagged = /\bflag me\b/i.test(text);
    const categories = { harassment: flagged, hate: false, "self-harm": false, sexual: false, violence: false };
    const scores = Object.entries(categories).map(([name, hit]) => [name, hit ? 0.9 : 0.01]);
    return { flagged, categories, category_scores: Object.fromEntries(scores) };
  });
  return whole({ id: call.id("modr-"), model: call.model || "omni-moderation-latest", results });
}
