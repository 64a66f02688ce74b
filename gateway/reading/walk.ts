import type { CallInput } from "../call.ts";
import type { Fields, SharedField } from "./fields.ts";

/** What a walk through a body finds. */
export interface Walk {
  /** Path of the first field that reaches what is shared, e.g. `tools.0.vector_store_ids`; null: none does. */
  shared: string | null;
  input: CallInput;
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
const DATA_URL = /^data:([^;,]*)/;
const IMAGE = /^image\//;
/** Fields that name content elsewhere, whose size nobody here can tell. */
const UNSEEN: ReadonlySet<string> = new Set([
  "cachedContent",
  "cached_content",
  "conversation",
  "fileUri",
  "file_id",
  "file_uri",
  "file_url",
  "previousInteractionId",
  "previous_interaction_id",
  "previous_response_id",
  "prompt_id",
  "vector_store_ids",
]);
/** Deeper than any request is. */
const DEEPEST = 64;

class Walker {
  readonly found: Walk;
  readonly #rules: readonly SharedField[];

  constructor(bytes: number, rules: readonly SharedField[]) {
    this.found = { shared: null, input: { bytes, images: 0, unseen: false } };
    this.#rules = rules;
  }

  visit(node: unknown, path: readonly string[]): void {
    if (typeof node !== "object" || node === null || path.length > DEEPEST) return;
    if (Array.isArray(node)) {
      for (const [index, one] of node.entries()) this.visit(one, [...path, String(index)]);
      return;
    }
    // The cast: an object that isn't a list has fields by name.
    const fields = node as Fields;
    for (const [name, value] of Object.entries(fields)) {
      this.#judge(name, value, fields, path);
      if (typeof value === "string") this.#measure(name, value, fields);
      else if (!isOpaque(name, fields, path)) this.visit(value, [...path, name]);
    }
  }

  #judge(name: string, value: unknown, beside: Fields, path: readonly string[]): void {
    if (UNSEEN.has(name) && value !== null && value !== "") this.found.input.unseen = true;
    const rule = this.#rules.find(
      (one) =>
        one.names.includes(name) && (one.where === "anywhere" || path.length === 0) && one.reaches(value, beside),
    );
    if (rule !== undefined) this.found.shared ??= [...path, name].join(".");
  }

  /** Base64 isn't text that a model reads: an image has its own number of tokens, whatever its bytes. */
  #measure(name: string, value: string, beside: Fields): void {
    const { input } = this.found;
    const dataUrl = DATA_URL.exec(value)?.[1];
    const mime = dataUrl ?? (name === "data" ? mimeOf(beside) : null);
    if (mime !== null) {
      input.bytes -= value.length;
      if (IMAGE.test(mime)) input.images++;
      else input.unseen = true;
    } else if (/^https?:\/\//.test(value) && (name === "url" || name === "image_url" || name === "uri")) {
      if (isImagePlace(name, beside)) input.images++;
      else input.unseen = true;
    }
  }
}

function mimeOf(beside: Fields): string | null {
  for (const name of ["media_type", "mime_type", "mimeType", "format"]) {
    const value = beside[name];
    if (typeof value === "string") return value;
  }
  return null;
}

const isImagePlace = (name: string, beside: Fields): boolean =>
  name === "image_url" || beside["detail"] !== undefined || Object.keys(beside).length === 1;

function isOpaque(name: string, beside: Fields, path: readonly string[]): boolean {
  if (OPAQUE.has(name)) return true;
  const type = beside["type"];
  // What a tool was called with stands under `input` in Anthropic's messages; the same name is the prompt elsewhere.
  return name === "input" && path.length > 0 && typeof type === "string" && type.endsWith("tool_use");
}

/**
 * Goes through a parsed body once: for fields that reach what is shared, and for what can become input tokens.
 *
 * @param bytes of its text
 */
export function walk(body: unknown, bytes: number, rules: readonly SharedField[]): Walk {
  const walker = new Walker(bytes, rules);
  walker.visit(body, []);
  return walker.found;
}
