import { field, list, string } from "./json.ts";

/**
 * A value that fits a JSON schema (types in either case, as Google takes them): an agent that asks for JSON goes on
 * asking until it gets some.
 *
 * @param schema of objects, lists, strings, numbers and booleans; anything else is null
 * @param text stands in every string that may be any
 */
export function fitting(schema: unknown, text: string): unknown {
  switch (string(field(schema, "type")).toLowerCase()) {
    case "object": {
      const properties = Object.entries(field(schema, "properties") ?? {});
      return Object.fromEntries(properties.map(([name, inner]) => [name, fitting(inner, text)]));
    }
    case "array":
      return [fitting(field(schema, "items"), text)];
    case "string":
      return list(field(schema, "enum"))[0] ?? text;
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}
