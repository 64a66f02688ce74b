import type { Scan } from "./scan.ts";

const OPTION = "stream_options";
const ADDED = '"include_usage":true';

/**
 * Asks for a chat stream's usage in the client's place: `stream_options.include_usage` (platform.openai.com/docs/api-reference/chat).
 * All other bytes stay as they were.
 *
 * @param text of the body, an object outermost
 * @param options the value of `stream_options`, as parsed
 * @param scan of the text
 */
export function withUsage(text: string, options: unknown, scan: Scan): string {
  const found = scan.top.find(({ key }) => key === OPTION);
  if (found === undefined) {
    const open = text.indexOf("{") + 1;
    const comma = scan.top.length === 0 ? "" : ",";
    return `${text.slice(0, open)}"${OPTION}":{${ADDED}}${comma}${text.slice(open)}`;
  }
  const others = typeof options === "object" && options !== null && !Array.isArray(options) ? options : {};
  const value = JSON.stringify({ ...others, include_usage: true });
  return text.slice(0, found.start) + value + text.slice(found.end);
}
