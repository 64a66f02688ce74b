// Reads HTTP/1.1 messages from a bare socket: no more of it than the bench's own requests and answers need, so that reading them
// costs next to nothing beside what is measured.

/** The first line and the headers of a message. */
export interface HttpHead {
  /** Of a request: path and query. Empty for an answer. */
  target: string;
  /** Of an answer; 0 for a request. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
}

/** A message that has come to its end. */
export interface HttpMessage {
  head: HttpHead;
  /** Bytes of its body, with the frames of chunks. */
  size: number;
}

const END_OF_HEAD = Buffer.from("\r\n\r\n");
const END_OF_CHUNKS = Buffer.from("0\r\n\r\n");

function parseHead(text: string): HttpHead {
  const [first = "", ...lines] = text.split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const [version = "", second = ""] = first.split(" ");
  return version.startsWith("HTTP/")
    ? { target: "", status: Number(second), headers }
    : { target: second, status: 0, headers };
}

/** Puts the messages of one connection together. */
export class MessageReader {
  #pending: Buffer = Buffer.alloc(0);
  #head: HttpHead | null = null;
  /** Bytes of the body that are still to come; null: it ends with the last chunk. */
  #left: number | null = 0;
  #size = 0;
  /** The end of what was read of a body in chunks: its last mark may come in two pieces. */
  #tail: Buffer = Buffer.alloc(0);

  /** What came behind the last message. */
  rest(): Buffer {
    return this.#pending;
  }

  /**
   * Takes what arrived.
   *
   * @returns the messages that are whole now
   */
  read(bytes: Buffer): HttpMessage[] {
    const messages: HttpMessage[] = [];
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length > 0 || this.#head !== null) {
      if (this.#head === null && !this.#begin()) break;
      if (!this.#go()) break;
      if (this.#head !== null) messages.push({ head: this.#head, size: this.#size });
      this.#head = null;
    }
    return messages;
  }

  #begin(): boolean {
    const end = this.#pending.indexOf(END_OF_HEAD);
    if (end === -1) return false;
    this.#head = parseHead(this.#pending.toString("latin1", 0, end));
    this.#pending = this.#pending.subarray(end + END_OF_HEAD.length);
    const { headers } = this.#head;
    this.#left = headers["transfer-encoding"] === undefined ? Number(headers["content-length"] ?? 0) : null;
    this.#size = 0;
    this.#tail = Buffer.alloc(0);
    return true;
  }

  /** Reads on in the body; true: it is over. No body of the bench holds the mark by which chunks end. */
  #go(): boolean {
    const bytes = this.#pending;
    if (this.#left !== null) {
      const taken = Math.min(this.#left, bytes.length);
      this.#left -= taken;
      this.#size += taken;
      this.#pending = bytes.subarray(taken);
      return this.#left === 0;
    }
    const joined = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const end = joined.lastIndexOf(END_OF_CHUNKS);
    this.#size += bytes.length;
    this.#pending = Buffer.alloc(0);
    if (end === -1) {
      this.#tail = Buffer.from(joined.subarray(-END_OF_CHUNKS.length + 1));
      return false;
    }
    this.#pending = joined.subarray(end + END_OF_CHUNKS.length);
    return true;
  }
}
