import type { BodyKind, MeterKind } from "../endpoints.ts";

/** A node of a parsed body: an object with its fields. */
export type Fields = Record<string, unknown>;

/** Where a field stands: the keys that lead to its object, outermost first; those of lists are numbers. */
export type Path = readonly (string | number)[];

/** A field that reaches what all users of a provider key share. */
export interface SharedField {
  /** In every spelling that the provider takes. */
  names: readonly string[];
  /** `top`: of the body itself. `anywhere`: also in what it holds, but for a model's or tool's own data. */
  where: "top" | "anywhere";
  /**
   * Whether this value reaches it.
   *
   * @param beside the fields beside it
   * @param path to them
   */
  reaches(value: unknown, beside: Fields, path: Path): boolean;
  /** Words of which one stands in every text that holds such a field; left out: its names, as keys. */
  words?: readonly string[];
}

/** The fields of what may be an object; of anything else, none. */
export const fieldsOf = (value: unknown): Fields =>
  // The cast: an object that isn't null has fields by name.
  typeof value === "object" && value !== null ? (value as Fields) : {};

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const isThere = (value: unknown): boolean => value !== undefined && value !== null;

/** Google's own files, of which all users of a provider key have one store, by address or name. */
const OWN_FILE = /^files\/|generativelanguage\.googleapis\.com/i;
const isOwnFile = (value: unknown): boolean => typeof value === "string" && OWN_FILE.test(value);
/** Other addresses are the holder's own affair; what is no address is the name of an own file. */
const isNoPublicAddress = (value: unknown): boolean =>
  isText(value) && (isOwnFile(value) || !/^(?:https?|gs):\/\//i.test(String(value)));

/** Every dialect's: a file by its id, of which each provider has one store for a key. */
const FILES: readonly SharedField[] = [
  { names: ["file_id", "fileId"], where: "anywhere", reaches: isText },
  { names: ["file_ids", "fileIds"], where: "anywhere", reaches: isFilled },
];

/** Voices that were made from somebody's speech: OpenAI's by id, Google's by name. The built-in ones are plain words. */
const VOICES: readonly SharedField[] = [
  {
    names: ["voice", "voiceName", "voice_name"],
    where: "anywhere",
    reaches: (value) => isText(fieldsOf(value)["id"]) || (typeof value === "string" && /^voices\//i.test(value)),
  },
];

/** Google takes its own fields in OpenAI's chats too, in `extra_body` (ai.google.dev/gemini-api/docs/openai). */
const CACHES: readonly SharedField[] = [
  { names: ["cachedContent", "cached_content"], where: "anywhere", reaches: isText },
  { names: ["uri", "url"], where: "anywhere", reaches: isOwnFile, words: ["googleapis", "files/"] },
];

/** Items of OpenAI's that stand for stored ones: by their id, without what they hold. */
export function isStoredItem({ id, type, role, result }: Fields): boolean {
  if (type === "item_reference") return true;
  if (type === "image_generation_call") return !isText(result);
  // The short form of a reference. A message may leave out its type too, but never its role.
  return isText(id) && !isThere(type) && role === undefined;
}

/** What tools and voices of OpenAI's reach, wherever they are set. */
const TOOLS: readonly SharedField[] = [
  ...FILES,
  ...VOICES,
  { names: ["vector_store_ids"], where: "anywhere", reaches: isFilled },
  // A container by its id, also in a call of an earlier answer, whose container is then used on; `{"type":"auto"}` makes one.
  { names: ["container", "container_id"], where: "anywhere", reaches: isText },
  { names: ["connector_id", "tunnel_id", "skill_id"], where: "anywhere", reaches: isText },
];

/**
 * OpenAI's. Open on purpose: `store`, which is on where a request says nothing of it and reaches nothing of anybody else's;
 * `mcp` servers outside, reached with what the holder brings along; `reasoning` items by id, which every client sends back
 * from its own last answer, and of which nobody sees more than that they were there.
 */
const RESPONSES: readonly SharedField[] = [
  ...TOOLS,
  { names: ["background"], where: "top", reaches: (value) => value !== false && isThere(value) },
  { names: ["previous_response_id"], where: "top", reaches: isText },
  { names: ["conversation"], where: "top", reaches: isThere },
  { names: ["prompt"], where: "top", reaches: isThere },
  {
    names: ["type", "id"],
    where: "anywhere",
    reaches: (_value, item, path) => path.length === 2 && path[0] === "input" && isStoredItem(item),
    words: ["item_reference", "image_generation_call", '"id"'],
  },
];

/**
 * Anthropic's. Its own skills (`"type":"anthropic"`) are everybody's. `mcp_servers` are outside, reached with the holder's
 * own authorization; `diagnostics` compare with an earlier request by a fingerprint, and show none of it.
 */
const MESSAGES: readonly SharedField[] = [
  ...FILES,
  { names: ["container"], where: "top", reaches: isText },
  {
    names: ["id"],
    where: "anywhere",
    reaches: (value, _container, path) => isText(value) && path.length === 1 && path[0] === "container",
    // The rule before it looks for those of what holds it.
    words: [],
  },
  // A conversation that the provider holds; `{"type":"create"}` begins one.
  { names: ["thread"], where: "top", reaches: (value) => isText(fieldsOf(value)["previous_message_id"]) },
  { names: ["skill_id"], where: "anywhere", reaches: (value, { type }) => isText(value) && type !== "anthropic" },
  // Bills somebody else, whom a user profile of the account's names.
  {
    names: ["billing_policy"],
    where: "top",
    reaches: (value) => !["self", undefined, null].some((own) => own === fieldsOf(value)["bill_to"]),
  },
];

/** Google's, which takes each name in two spellings. */
const GENERATE: readonly SharedField[] = [
  ...FILES,
  ...VOICES,
  ...CACHES,
  { names: ["fileUri", "file_uri"], where: "anywhere", reaches: isNoPublicAddress },
  { names: ["fileSearchStoreNames", "file_search_store_names"], where: "anywhere", reaches: isFilled },
  { names: ["previousInteractionId", "previous_interaction_id"], where: "top", reaches: isText },
  { names: ["background"], where: "top", reaches: (value) => value !== false && isThere(value) },
  // Agents, and the machines that they work on, are kept for the whole account.
  { names: ["agent", "environment"], where: "top", reaches: isThere },
];

const NONE: readonly SharedField[] = [];

/** By the kind of a body; a kind that isn't named has none. */
const SHARED_FIELDS: Partial<Record<BodyKind, readonly SharedField[]>> = {
  chat: [...FILES, ...VOICES, ...CACHES],
  images: FILES,
  "image-form": FILES,
  speech: VOICES,
  responses: RESPONSES,
  messages: MESSAGES,
  generate: GENERATE,
  embed: GENERATE,
  predict: GENERATE,
  interactions: GENERATE,
};

/** The fields of a body that reach what is shared. */
export const sharedFieldsOf = (kind: BodyKind): readonly SharedField[] => SHARED_FIELDS[kind] ?? NONE;

/** Of sessions: a stored prompt stands by its id in a session's settings. Items there are the session's own. */
const SESSIONS: readonly SharedField[] = [
  ...TOOLS,
  { names: ["prompt"], where: "anywhere", reaches: (value) => isText(fieldsOf(value)["id"]) },
];

/** Of the frames that a client sends, by the kind of their socket; a kind that isn't named has none. */
export const SHARED_FRAMES: Partial<Record<MeterKind, readonly SharedField[]>> = {
  "responses-socket": RESPONSES,
  realtime: SESSIONS,
  "live-sessions": SESSIONS,
  "gemini-live": GENERATE,
};
