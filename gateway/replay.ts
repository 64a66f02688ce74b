import type { CallBody } from "./call.ts";

/**
 * The largest body that is kept to be sent again, in bytes: most prompts are smaller, and a hundred of them at once still
 * leave an isolate half of its 128 MB.
 */
export const REPLAY_LIMIT = 512 * 1024;

function isSmall(headers: Headers): boolean {
  const length = headers.get("content-length") ?? "";
  return /^\d{1,9}$/.test(length) && Number(length) <= REPLAY_LIMIT;
}

/**
 * A request's body that may have to be sent more than once: by another way, or with another key. A branch of `tee()` that
 * nobody reads costs a native copy of what the other one reads, and no JavaScript.
 */
export class Replay {
  /** Whether it can be sent again: there is none, it is whole in memory, or it is a stream of a known small size. */
  readonly possible: boolean;
  #left: CallBody;

  /**
   * @param request with the length that its client tells
   */
  constructor({ body, headers }: { body: CallBody; headers: Headers }) {
    this.#left = body;
    this.possible = !(body instanceof ReadableStream) || isSmall(headers);
  }

  /**
   * The body, to be sent now. To be called again only where it is `possible`, and was said the last time.
   *
   * @param again whether it may be wanted once more
   */
  next(again: boolean): CallBody {
    const body = this.#left;
    if (!(body instanceof ReadableStream)) return body;
    if (!again || !this.possible) {
      this.#left = null;
      return body;
    }
    const [now, later] = body.tee();
    this.#left = later;
    return now;
  }

  /** Lets go of what is kept. */
  done(): void {
    const left = this.#left;
    this.#left = null;
    if (left instanceof ReadableStream) left.cancel().catch(() => undefined);
  }
}
