const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A piece of a page, safe as it is. */
export class Html {
  readonly text: string;

  /** @param text written here, never by anyone outside */
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: a list is put in piece by piece, null is nothing, and every text is escaped. */
type Value = string | number | Html | null | readonly Value[];

function written(value: Value): string {
  if (value === null) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(written).join("");
  return String(value).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

/**
 * Writes a piece of a page. Every value is escaped, for text and for attributes in double quotes alike; only what another
 * call of this made is not. That stops a label or a model's name from becoming markup.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(
    parts.map((part, index) => part + (index < values.length ? written(values[index] ?? null) : "")).join(""),
  );
}
