import { type Found, found } from "./found.ts";
import { at, isJson, type Json, listAt, objectAt, textAt } from "./numbers.ts";
import { iterationsOf } from "./shapes.ts";

const tierOf = (value: Json, ...fields: string[]): string | null =>
  fields
    .map((field) => textAt(value, field))
    .find((tier) => tier !== null)
    ?.toLowerCase() ?? null;

/** Usage at the top: chat, completions, embeddings, decisions, and bodies of most other endpoints. */
export function findAtTop(value: Json): Found[] {
  const usage = value["usage"];
  if (!isJson(usage)) return [];
  return [found({ usage, model: textAt(value, "model"), tier: tierOf(value, "service_tier") })];
}

/**
 * A chat completion. OpenAI tells the usage in a chunk of its own behind the last words; Gemini's and Anthropic's dialects
 * of it may tell the sums so far in every chunk.
 */
export function findChat(value: Json): Found[] {
  const choices = listAt(value, "choices");
  const final = choices.length === 0 || choices.some((choice) => textAt(choice, "finish_reason") !== null);
  return findAtTop(value).map((one) => ({ ...one, final }));
}

/** A finding for what a stream ends with: OpenAI's image, speech and transcription streams name the event that has it. */
export const findInEvent =
  (name: RegExp) =>
  (value: Json): Found[] => {
    const type = textAt(value, "type");
    return type === null || name.test(type) ? findAtTop(value) : [];
  };

/** Images. Vector graphics are written by another model, whose usage stands beside the images' own. */
export function findImages(value: Json): Found[] {
  const svg = objectAt(value, "svg_usage");
  const beside = Object.keys(svg).length === 0 ? [] : [found({ usage: svg, model: textAt(svg, "model"), apart: true })];
  // A stream of several images tells each one's usage with it.
  const isEvent = textAt(value, "type") !== null;
  const images = findInEvent(/^image_(?:generation|edit)\.completed$/)(value);
  return [...images.map((one) => ({ ...one, apart: isEvent })), ...beside];
}

const UNDER_WAY: ReadonlySet<string | null> = new Set(["queued", "in_progress"]);
const RESPONSE_ENDS = /^response\.(?:completed|incomplete|failed|cancelled|done)$/;

/** Searches among what a response has done; opening a page that was found costs nothing. */
const searchesIn = (response: Json): number =>
  listAt(response, "output").filter(
    (item) => textAt(item, "type") === "web_search_call" && (textAt(item, "action", "type") ?? "search") === "search",
  ).length;

/**
 * A response of OpenAI's, as a body or in an event of its stream. One that is stored can be asked for again, and is billed
 * once; one that runs in the background has its usage only then.
 */
export function findResponse(value: Json): Found[] {
  const inEvent = value["response"];
  const response = isJson(inEvent) ? inEvent : value;
  const type = textAt(value, "type");
  const status = textAt(response, "status");
  if (isJson(inEvent) && type !== null && !RESPONSE_ENDS.test(type)) return [];
  const id = textAt(response, "object") === "response" && response["store"] !== false ? textAt(response, "id") : null;
  const common = { model: textAt(response, "model"), once: id === null ? null : `response:${id}` };
  if (UNDER_WAY.has(status)) return [found({ ...common, final: false, pending: true })];
  const usage = response["usage"];
  if (!isJson(usage)) return [];
  return [found({ ...common, usage, tier: tierOf(response, "service_tier"), webSearches: searchesIn(response) })];
}

/** What other models than the answering one took of an Anthropic message (beta `iterations`), each a call of its own. */
const advice = (usage: Json): Found[] =>
  iterationsOf(usage, "advisor_message").map((entry) =>
    found({ usage: entry, model: textAt(entry, "model"), apart: true }),
  );

/**
 * A message of Anthropic's: whole, at the beginning of its stream, or as the stream's sums so far. A later event says only
 * what it has to say: it overrides field by field.
 */
export function findMessage(value: Json): Found[] {
  const type = textAt(value, "type");
  const message = type === "message_start" ? objectAt(value, "message") : value;
  const usage = message["usage"];
  if (!isJson(usage)) return [];
  const final = type !== "message_start";
  const fallback = iterationsOf(usage, "fallback_message").at(-1);
  const model = textAt(fallback, "model") ?? textAt(message, "model");
  const tier = usage["speed"] === "fast" ? "fast" : tierOf(usage, "service_tier");
  return [found({ usage, model, tier, final }), ...(final ? advice(usage) : [])];
}

/** One line of the results of Anthropic's batches. It is billed once, at half the price, however often it is read. */
export function findBatchLine(value: Json): Found[] {
  const id = textAt(value, "custom_id");
  const [message] = findMessage(objectAt(value, "result", "message"));
  if (id === null || message === undefined) return [];
  return [{ ...message, tier: "batch", once: id, apart: true }];
}

const BATCH_ENDS: ReadonlySet<string | null> = new Set(["completed", "expired", "cancelled", "failed"]);

/** A batch of OpenAI's. Its usage grows until it is over, and is billed once. */
export function findBatch(value: Json): Found[] {
  const id = textAt(value, "id");
  const usage = value["usage"];
  if (id === null || !isJson(usage) || !BATCH_ENDS.has(textAt(value, "status"))) return [];
  return [found({ usage, model: textAt(value, "model"), tier: "batch", once: `batch:${id}` })];
}

const GEMINI_TIER = /flex|priority|batch/i;

/** A part of an answer of Gemini's, or all of it: each tells the sums so far. */
export function findGenerated(value: Json): Found[] {
  const usage = objectAt(value, "usageMetadata");
  const tier = tierOf(usage, "serviceTier") ?? GEMINI_TIER.exec(textAt(usage, "trafficType") ?? "")?.[0]?.toLowerCase();
  const queries = listAt(value, "candidates").flatMap((one) => listAt(one, "groundingMetadata", "webSearchQueries"));
  const isLast = listAt(value, "candidates").some((one) => textAt(one, "finishReason") !== null);
  const isBlocked = textAt(value, "promptFeedback", "blockReason") !== null;
  const final = (isLast || isBlocked) && Object.keys(usage).length > 0;
  const model = textAt(value, "modelVersion");
  return [found({ usage, model, tier: tier ?? null, final, webSearches: queries.length })];
}

/** An interaction of Gemini's, as a body or in an event of its stream. */
export function findInteraction(value: Json): Found[] {
  const inEvent = value["interaction"];
  const interaction = isJson(inEvent) ? inEvent : value;
  const event = textAt(value, "event_type");
  const soFar = at(value, "metadata", "total_usage") ?? at(value, "usage");
  if (event !== null && !isJson(inEvent)) return isJson(soFar) ? [found({ usage: soFar, final: false })] : [];
  const id = textAt(interaction, "id");
  const common = { model: textAt(interaction, "model"), once: id === null ? null : `interaction:${id}` };
  if (UNDER_WAY.has(textAt(interaction, "status"))) {
    return event === null ? [found({ ...common, final: false, pending: true })] : [];
  }
  const usage = interaction["usage"];
  return isJson(usage) ? [found({ ...common, usage, tier: tierOf(interaction, "service_tier") })] : [];
}
