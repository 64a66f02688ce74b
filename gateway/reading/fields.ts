import type { BodyKind } from "../endpoints.ts";

/** A node of a parsed body: an object with its fields. */
export type Fields = Record<string, unknown>;

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const isThere = (value: unknown): boolean => value !== undefined && value !== null;

/** The provider's own files, of which all users of a provider key have one store. Other addresses are the holder's own affair. */
const OWN_FILE = /^(?:https:\/\/generativelanguage\.googleapis\.com\/(?:v1(?:beta|alpha)?\/)?)?files\//i;
const isOwnFile = (value: unknown): boolean => typeof value === "string" && OWN_FILE.test(value);

/** A field that reaches what all users of a provider key share. */
export interface SharedField {
  /** In every spelling that the provider takes. */
  names: readonly string[];
  /** `top`: of the body itself. `anywhere`: also in what it holds, but for a model's or tool's own data. */
  where: "top" | "anywhere";
  /** Whether this value reaches it. @param beside the fields beside it */
  reaches(value: unknown, beside: Fields): boolean;
}

/** Every dialect's: a file by its id, of which each provider has one store for a key. */
const FILES: readonly SharedField[] = [
  { names: ["file_id", "fileId"], where: "anywhere", reaches: isText },
  { names: ["file_ids", "fileIds"], where: "anywhere", reaches: isFilled },
];

/**
 * OpenAI's. `store` is open, though it leaves an answer at the provider: it is on where a request says nothing of it, and
 * reaches nothing of anybody else's. `mcp` servers are outside, reached with what the holder brings along.
 */
const RESPONSES: readonly SharedField[] = [
  ...FILES,
  { names: ["background"], where: "top", reaches: (value) => value === true },
  { names: ["previous_response_id"], where: "top", reaches: isText },
  { names: ["conversation"], where: "top", reaches: isThere },
  { names: ["prompt"], where: "top", reaches: isThere },
  { names: ["vector_store_ids"], where: "anywhere", reaches: isFilled },
  // A container by its id; `{"type":"auto"}` makes a new one.
  { names: ["container"], where: "anywhere", reaches: isText },
  { names: ["connector_id"], where: "anywhere", reaches: isText },
  { names: ["skill_id"], where: "anywhere", reaches: isText },
  { names: ["type"], where: "anywhere", reaches: (value) => value === "item_reference" },
  // The short form of an item reference: an id and nothing that says what it is.
  {
    names: ["id"],
    where: "anywhere",
    reaches: (value, beside) => isText(value) && beside["type"] === undefined && Object.keys(beside).length === 1,
  },
];

/** Anthropic's. Its own skills (`"type":"anthropic"`) are everybody's. */
const MESSAGES: readonly SharedField[] = [
  ...FILES,
  { names: ["container"], where: "top", reaches: isText },
  { names: ["id"], where: "anywhere", reaches: (value) => typeof value === "string" && value.startsWith("container_") },
  {
    names: ["skill_id"],
    where: "anywhere",
    reaches: (value, beside) => isText(value) && beside["type"] !== "anthropic",
  },
];

/** Google's, which takes each name in two spellings. */
const GENERATE: readonly SharedField[] = [
  ...FILES,
  { names: ["cachedContent", "cached_content"], where: "top", reaches: isText },
  { names: ["fileUri", "file_uri", "uri"], where: "anywhere", reaches: isOwnFile },
  { names: ["fileSearchStoreNames", "file_search_store_names"], where: "anywhere", reaches: isFilled },
  { names: ["previousInteractionId", "previous_interaction_id"], where: "top", reaches: isText },
  { names: ["background"], where: "top", reaches: (value) => value === true },
];

/** By the kind of a body; a kind that isn't named has none. */
export const SHARED_FIELDS: Partial<Record<BodyKind, readonly SharedField[]>> = {
  chat: FILES,
  images: FILES,
  "image-form": FILES,
  responses: RESPONSES,
  messages: MESSAGES,
  generate: GENERATE,
  embed: GENERATE,
  predict: GENERATE,
  interactions: GENERATE,
};
