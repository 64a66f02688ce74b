import { DeadlineError, withDeadline } from "../shared/deadline.ts";
import type { CallBody } from "./call.ts";
import { lengthOf } from "./flow.ts";

/**
 * The largest body that is kept to be sent again, in bytes: most prompts are smaller, and a hundred of them at once still
 * leave an isolate half of its 128 MB.
 */
export const REPLAY_LIMIT = 512 * 1024;

/**
 * How long is waited for the end of a body of which the provider didn't take all, in ms. One that broke off has ended, and a
 * busy isolate needs a moment to see it.
 */
const LOOK_MS = 500;

/**
 * A request's body that may have to be sent more than once: by another way, or with another key. A branch of `tee()` that
 * nobody reads costs a native copy of what the other one reads, and no JavaScript.
 */
export class Replay {
  /** Whether it can be sent again: there is none, it is whole in memory, or it is a stream of a known small size. */
  readonly possible: boolean;
  /** As its client told it, in bytes. */
  readonly #length: number;
  #left: CallBody;

  /**
   * @param request with the length that its client tells
   */
  constructor({ body, headers }: { body: CallBody; headers: Headers }) {
    this.#left = body;
    this.#length = lengthOf(headers) ?? Infinity;
    // Never one in chunks: a branch ends as if it were whole where its client breaks it off, and so would the provider's body.
    this.possible = !(body instanceof ReadableStream) || this.#length <= REPLAY_LIMIT;
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

  /**
   * Tells, once a request has failed, whether it is because its client broke the body off: then what is kept has ended
   * before its length. What is kept is used up. False where nothing was: then nothing tells it from a provider that is gone,
   * since the error is the same one, and keeping more than may be sent again would cost every request.
   */
  async isBrokenOff(): Promise<boolean> {
    const left = this.#left;
    if (!(left instanceof ReadableStream)) return false;
    this.#left = null;
    try {
      const { byteLength } = await withDeadline(new Response(left).arrayBuffer(), LOOK_MS, "the client");
      return byteLength < this.#length;
    } catch (error) {
      // Its client is still sending, so that isn't why.
      return !(error instanceof DeadlineError);
    }
  }

  /** Lets go of what is kept. */
  done(): void {
    const left = this.#left;
    this.#left = null;
    if (left instanceof ReadableStream) left.cancel().catch(() => undefined);
  }
}
