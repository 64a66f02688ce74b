import { once } from "node:events";
import { type IncomingMessage, request as ask } from "node:http";
import { gunzipSync } from "node:zlib";

/** An answer, byte for byte. */
export interface Answer {
  status: number;
  headers: Headers;
  /** A byte a character. */
  raw: string;
  /** The body as UTF-8. */
  text: string;
  /** All that came: status line, headers as they stood, body, and trailers; a compressed body also undone. A byte a character. */
  whole: string;
}

/** A request. */
export interface Asking {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

const lines = (raw: readonly string[]): string =>
  raw.map((part, index) => (index % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join("");

/**
 * Sends a request on a connection of its own and takes whatever comes, also where the answer breaks off: nothing tidies
 * either of them.
 *
 * @param origin where to, without a slash at the end
 */
export async function send(origin: string, { method = "GET", path, headers = {}, body }: Asking): Promise<Answer> {
  const request = ask(`${origin}/`, { method, path, headers, agent: false, insecureHTTPParser: true });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  response.on("data", (part: Buffer) => parts.push(part));
  // One that breaks off still closes.
  response.on("error", () => undefined);
  request.on("error", () => undefined);
  await new Promise((resolve) => response.on("close", resolve));
  const bytes = Buffer.concat(parts);
  const plain = response.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
  const head = `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n${lines(response.rawHeaders)}\r\n`;
  const both = plain === bytes ? bytes : Buffer.concat([bytes, plain]);
  const found = new Headers();
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    found.append(response.rawHeaders[index] ?? "", response.rawHeaders[index + 1] ?? "");
  }
  return {
    status: response.statusCode ?? 0,
    headers: found,
    raw: bytes.toString("latin1"),
    text: plain.toString("utf8"),
    whole: `${head}${both.toString("latin1")}\r\n${lines(response.rawTrailers)}`,
  };
}
