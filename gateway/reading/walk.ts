import type { CallInput } from "../call.ts";
import { fieldsOf, isStoredItem, type Fields, type SharedField } from "./fields.ts";

/** What a walk through a body finds. */
export interface Walk {
  /** Path of the first field that reaches what is shared, e.g. `tools.0.vector_store_ids`; null: none does. */
  shared: string | null;
  input: CallInput;
  /** Whether it is nested deeper than was looked. */
  tooDeep: boolean;
}

/** Data of a holder's own tools, free in its form, and notes to earlier answers: a name in it means nothing to the provider. */
const OPAQUE: ReadonlySet<string> = new Set([
  "annotations",
  "args",
  "arguments",
  "input_schema",
  "inputSchema",
  "json_schema",
  "metadata",
  "parameters",
  "parametersJsonSchema",
  "response",
  "responseJsonSchema",
  "responseSchema",
  "response_schema",
  "schema",
]);

/** Deeper than any request is, but for data of a holder's own tools, which isn't looked at. */
export const DEEPEST = 64;

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== "";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** Fields that name content which isn't in the body, whose size nobody here can tell. */
const UNSEEN = new Map<string, (value: unknown, beside: Fields) => boolean>(
  [
    "cachedContent",
    "cached_content",
    "continuationToken",
    "continuation_token",
    "conversation",
    "fileId",
    "fileUri",
    "file_id",
    "file_ids",
    "file_uri",
    "file_url",
    "mcp_servers",
    "previousInteractionId",
    "previous_interaction_id",
    "previous_response_id",
    "thread",
    "vector_store_ids",
  ].map((name) => [name, isThere]),
);
// A stored prompt; a plain one is a text or a list.
UNSEEN.set("prompt", (value) => isObject(value) && !Array.isArray(value));
// An earlier answer's speech, by its id.
UNSEEN.set("audio", (value) => isThere(fieldsOf(value)["id"]));
// Thoughts of an earlier answer that the provider has kept.
UNSEEN.set("type", (value, beside) =>
  value === "reasoning" ? !isThere(beside["encrypted_content"]) : isThere(beside["id"]) && isStoredItem(beside),
);
UNSEEN.set("id", (_value, beside) => beside["type"] === undefined && isStoredItem(beside));

/**
 * What a field with content is: an image, which has its own number of tokens whatever its bytes; other data, or an address,
 * that becomes nobody here knows how many. Text is none of them: all of it counts.
 */
type Content = "image" | "data" | "address";

const DATA_URL = /^data:([^;,]*)/;
const IMAGE = /^image\//i;
const ADDRESS = /^[a-z][a-z0-9+.-]*:/i;

const mimeOf = (beside: Fields): unknown =>
  beside["media_type"] ?? beside["mime_type"] ?? beside["mimeType"] ?? beside["format"];

/** By the names of a field and of what holds it. Text that only looks like a data URL is a prompt. */
function contentOf(name: string, value: string, beside: Fields, holder: string | number | undefined): Content | null {
  if (name === "image_url" || (name === "url" && holder === "image_url")) {
    const mime = DATA_URL.exec(value)?.[1];
    if (mime === undefined) return ADDRESS.test(value) ? "image" : null;
    return IMAGE.test(mime) ? "image" : "data";
  }
  if (name === "data") {
    const mime = mimeOf(beside);
    // Anthropic takes plain text in such a place too.
    if (typeof mime !== "string" || beside["type"] === "text") return null;
    return IMAGE.test(mime) ? "image" : "data";
  }
  if (name === "file_data") return "data";
  if (name === "url" || name === "uri") return ADDRESS.test(value) ? "address" : null;
  return null;
}

class Walker {
  readonly found: Walk;
  readonly #rules = new Map<string, SharedField[]>();
  readonly #path: (string | number)[] = [];

  constructor(bytes: number, rules: readonly SharedField[]) {
    this.found = { shared: null, input: { bytes, images: 0, unseen: false }, tooDeep: false };
    for (const rule of rules) {
      for (const name of rule.names) this.#rules.set(name, [...(this.#rules.get(name) ?? []), rule]);
    }
  }

  visit(node: unknown): void {
    if (typeof node !== "object" || node === null) return;
    if (this.#path.length > DEEPEST) {
      this.found.tooDeep = true;
      return;
    }
    if (Array.isArray(node)) {
      for (let index = 0; index < node.length; index++) this.#enter(index, node[index]);
      return;
    }
    const fields = fieldsOf(node);
    for (const name of Object.keys(fields)) this.#look(name, fields[name], fields);
  }

  #enter(key: string | number, value: unknown): void {
    this.#path.push(key);
    this.visit(value);
    this.#path.pop();
  }

  #look(name: string, value: unknown, beside: Fields): void {
    const rules = this.#rules.get(name);
    if (rules !== undefined && this.found.shared === null) this.#judge(rules, name, value, beside);
    const { input } = this.found;
    if (!input.unseen && UNSEEN.get(name)?.(value, beside) === true) input.unseen = true;
    if (typeof value === "string") this.#measure(name, value, beside);
    else if (!this.#isOpaque(name, beside)) this.#enter(name, value);
  }

  #judge(rules: readonly SharedField[], name: string, value: unknown, beside: Fields): void {
    const isTop = this.#path.length === 0;
    const hit = rules.some((rule) => (isTop || rule.where === "anywhere") && rule.reaches(value, beside, this.#path));
    if (hit) this.found.shared = [...this.#path, name].join(".");
  }

  #measure(name: string, value: string, beside: Fields): void {
    const { input } = this.found;
    const content = contentOf(name, value, beside, this.#path.at(-1));
    if (content === null) return;
    if (content === "image") input.images++;
    else input.unseen = true;
    // Base64, or an address, is no text that a model reads.
    input.bytes -= value.length;
  }

  #isOpaque(name: string, beside: Fields): boolean {
    if (OPAQUE.has(name)) return true;
    const { type } = beside;
    // What a tool was called with stands under `input` in Anthropic's messages; the same name is the prompt elsewhere.
    return name === "input" && this.#path.length > 0 && typeof type === "string" && type.endsWith("tool_use");
  }
}

/**
 * Goes through a parsed body once: for fields that reach what is shared, and for what can become input tokens.
 *
 * @param bytes of its text
 */
export function walk(body: unknown, bytes: number, rules: readonly SharedField[]): Walk {
  const walker = new Walker(bytes, rules);
  walker.visit(body);
  return walker.found;
}
