import { COUNT_NAMES, noCounts, type UsageCounts } from "../../shared/usage.ts";
import { amount, isJson, type Json, listAt, numberAt, objectAt, textAt } from "./numbers.ts";

/** Holds parts within their wholes: what a price is reckoned by must never be below 0, whatever a provider says. */
function tidy(counts: UsageCounts): UsageCounts {
  const { input, output } = counts;
  counts.cacheRead = Math.min(counts.cacheRead, input);
  counts.cacheWriteLong = Math.min(counts.cacheWriteLong, input - counts.cacheRead);
  counts.cacheWrite = Math.min(counts.cacheWrite, input - counts.cacheRead - counts.cacheWriteLong);
  counts.inputAudio = Math.min(counts.inputAudio, input);
  counts.inputImage = Math.min(counts.inputImage, input - counts.inputAudio);
  counts.cacheReadAudio = Math.min(counts.cacheReadAudio, counts.cacheRead, counts.inputAudio);
  counts.cacheReadImage = Math.min(counts.cacheReadImage, counts.cacheRead - counts.cacheReadAudio, counts.inputImage);
  counts.reasoning = Math.min(counts.reasoning, output);
  counts.outputAudio = Math.min(counts.outputAudio, output);
  counts.outputImage = Math.min(counts.outputImage, output - counts.outputAudio);
  return counts;
}

function counted(some: Partial<UsageCounts>): UsageCounts {
  const counts = noCounts();
  for (const name of COUNT_NAMES) counts[name] = amount(some[name]);
  return tidy(counts);
}

const firstOf = (usage: Json, ...names: string[]): Json => {
  const name = names.find((one) => isJson(usage[one]));
  return name === undefined ? {} : objectAt(usage, name);
};

/**
 * OpenAI's numbers, under both sets of names that its endpoints use. Cached, written, audio, image and reasoning tokens
 * are subsets of input and output there; a transcription may be told in seconds instead.
 */
export function openaiCounts(usage: Json): UsageCounts {
  const input = firstOf(usage, "prompt_tokens_details", "input_tokens_details", "input_token_details");
  const output = firstOf(usage, "completion_tokens_details", "output_tokens_details", "output_token_details");
  const cached = objectAt(input, "cached_tokens_details");
  const long = numberAt(objectAt(input, "cache_write_tokens_details"), "ttl_12h_tokens");
  return counted({
    input: numberAt(usage, "prompt_tokens", "input_tokens"),
    cacheRead: numberAt(input, "cached_tokens"),
    cacheWrite: Math.max(0, numberAt(input, "cache_write_tokens") - long),
    cacheWriteLong: long,
    inputAudio: numberAt(input, "audio_tokens"),
    inputImage: numberAt(input, "image_tokens"),
    cacheReadAudio: numberAt(cached, "audio_tokens"),
    cacheReadImage: numberAt(cached, "image_tokens"),
    output: numberAt(usage, "completion_tokens", "output_tokens"),
    reasoning: numberAt(output, "reasoning_tokens") || numberAt(usage, "reasoning_tokens"),
    outputAudio: numberAt(output, "audio_tokens"),
    outputImage: numberAt(output, "image_tokens"),
    audioSeconds: usage["type"] === "duration" ? numberAt(usage, "seconds") : 0,
  });
}

/** As OpenAI's; where an image endpoint doesn't say what its output is made of, it is images, unless another model wrote it. */
export function imageCounts(usage: Json): UsageCounts {
  const counts = openaiCounts(usage);
  if (!isJson(usage["output_tokens_details"]) && textAt(usage, "model") === null) counts.outputImage = counts.output;
  return counts;
}

/** One set of Anthropic's numbers: `input_tokens` is what came from no cache and went into none. */
function anthropicPart(usage: Json): UsageCounts {
  const split = objectAt(usage, "cache_creation");
  const read = numberAt(usage, "cache_read_input_tokens");
  const short = numberAt(split, "ephemeral_5m_input_tokens");
  const long = numberAt(split, "ephemeral_1h_input_tokens");
  // The split is in a stream's first event only; the sum is in all of them.
  const written = Math.max(numberAt(usage, "cache_creation_input_tokens"), short + long);
  return counted({
    input: numberAt(usage, "input_tokens") + read + written,
    cacheRead: read,
    cacheWrite: Math.max(0, written - long),
    cacheWriteLong: Math.min(long, written),
    output: numberAt(usage, "output_tokens"),
    reasoning: numberAt(objectAt(usage, "output_tokens_details"), "thinking_tokens"),
    webSearches: numberAt(objectAt(usage, "server_tool_use"), "web_search_requests"),
  });
}

/** Adds counts up. */
export const sumOf = (one: UsageCounts, other: UsageCounts): UsageCounts => {
  const sum = noCounts();
  for (const name of COUNT_NAMES) sum[name] = amount(one[name] + other[name]);
  return sum;
};

/** Entries of Anthropic's beta `iterations` that are of one type. */
export const iterationsOf = (usage: Json, type: string): Json[] =>
  listAt(usage, "iterations").filter((entry): entry is Json => isJson(entry) && entry["type"] === type);

/** Anthropic's numbers. The sums at the top leave out what compactions of the context took (beta `iterations`). */
export const anthropicCounts = (usage: Json): UsageCounts =>
  iterationsOf(usage, "compaction").map(anthropicPart).reduce(sumOf, anthropicPart(usage));

const ofModality = (usage: Json, field: string, modality: string): number =>
  listAt(usage, field).reduce<number>(
    (sum, entry) =>
      isJson(entry) && textAt(entry, "modality")?.toUpperCase() === modality
        ? sum + numberAt(entry, "tokenCount", "tokens")
        : sum,
    0,
  );

/**
 * Gemini's numbers: what it counts as candidates is without thoughts, which are billed as output; what its tools put into
 * the prompt is counted apart, and billed as input. Live says `response…` for `candidates…`.
 */
export function geminiCounts(usage: Json): UsageCounts {
  const thoughts = numberAt(usage, "thoughtsTokenCount");
  const into = (modality: string): number =>
    ofModality(usage, "promptTokensDetails", modality) + ofModality(usage, "toolUsePromptTokensDetails", modality);
  const out = (modality: string): number =>
    ofModality(usage, "candidatesTokensDetails", modality) || ofModality(usage, "responseTokensDetails", modality);
  return counted({
    input: numberAt(usage, "promptTokenCount") + numberAt(usage, "toolUsePromptTokenCount"),
    cacheRead: numberAt(usage, "cachedContentTokenCount"),
    inputAudio: into("AUDIO"),
    inputImage: into("IMAGE"),
    cacheReadAudio: ofModality(usage, "cacheTokensDetails", "AUDIO"),
    cacheReadImage: ofModality(usage, "cacheTokensDetails", "IMAGE"),
    output: numberAt(usage, "candidatesTokenCount", "responseTokenCount") + thoughts,
    reasoning: thoughts,
    outputAudio: out("AUDIO"),
    outputImage: out("IMAGE"),
  });
}

const searchesOf = (usage: Json): number =>
  listAt(usage, "grounding_tool_count").reduce<number>(
    (sum, entry) =>
      isJson(entry) && /search/i.test(textAt(entry, "type") ?? "") ? sum + numberAt(entry, "count") : sum,
    0,
  );

/** The numbers of Gemini's interactions: thoughts and tool use are counted beside output and input, as by `generateContent`. */
export function interactionCounts(usage: Json): UsageCounts {
  const thoughts = numberAt(usage, "total_thought_tokens");
  const into = (modality: string): number =>
    ofModality(usage, "input_tokens_by_modality", modality) +
    ofModality(usage, "tool_use_tokens_by_modality", modality);
  return counted({
    input: numberAt(usage, "total_input_tokens") + numberAt(usage, "total_tool_use_tokens"),
    cacheRead: numberAt(usage, "total_cached_tokens"),
    inputAudio: into("AUDIO"),
    inputImage: into("IMAGE"),
    cacheReadAudio: ofModality(usage, "cached_tokens_by_modality", "AUDIO"),
    cacheReadImage: ofModality(usage, "cached_tokens_by_modality", "IMAGE"),
    output: numberAt(usage, "total_output_tokens") + thoughts,
    reasoning: thoughts,
    outputAudio: ofModality(usage, "output_tokens_by_modality", "AUDIO"),
    outputImage: ofModality(usage, "output_tokens_by_modality", "IMAGE"),
    webSearches: searchesOf(usage),
  });
}
