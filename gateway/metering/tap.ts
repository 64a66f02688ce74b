/** How often the second branch is emptied while an answer is on its way, in ms: what it holds lies in the isolate's memory. */
const EMPTYING_MS = 1_000;
/** How much is taken at once, in bytes, where nobody knows how much there is. */
const CHUNK_BYTES = 64 * 1024;
/** How much at first, where the answer is over: most are shorter, and new memory is dear. */
const FIRST_BYTES = 16 * 1024;
/** How long what is left of a branch may take to come, in ms, once nothing more is wanted from the provider. */
const REST_MS = 20;

/** @param all whether to wait until the buffer is full, or nothing more comes */
type Reader = (buffer: Uint8Array<ArrayBuffer>, all: boolean) => Promise<ReadableStreamReadResult<Uint8Array>>;

const LATE = Symbol("late");
const late = (): Promise<typeof LATE> => new Promise((resolve) => setTimeout(() => resolve(LATE), REST_MS));

/**
 * Reads the second branch of an answer behind the first one. While the first is on its way it is only emptied of what has
 * gathered, now and then and in large pieces: reading it chunk by chunk would cost JavaScript for each chunk, and asking for
 * large pieces that aren't there yet would hold the first branch back.
 */
export class Tap {
  readonly #take: (bytes: Uint8Array) => void;
  readonly #cancel: () => Promise<void>;
  readonly #read: Reader;
  /** Whether a read gives all that there is, up to the buffer's size: the platform's own streams do. */
  readonly #fills: boolean;
  readonly #size: number;
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #emptying: Promise<void> | null = null;
  #done = false;

  /**
   * @param branch nobody else reads it
   * @param take is handed its bytes, in pieces that it must not keep
   * @param size how much is taken at once, in bytes
   */
  constructor(branch: ReadableStream<Uint8Array>, take: (bytes: Uint8Array) => void, size = CHUNK_BYTES) {
    this.#take = take;
    this.#size = size;
    try {
      const reader = branch.getReader({ mode: "byob" });
      this.#read = (buffer, all) => (all ? reader.readAtLeast(buffer.length, buffer) : reader.read(buffer));
      this.#cancel = () => reader.cancel();
      this.#fills = true;
    } catch {
      const reader = branch.getReader();
      this.#read = () => reader.read();
      this.#cancel = () => reader.cancel();
      this.#fills = false;
    }
  }

  /** Begins to empty the branch now and then. */
  begin(): void {
    if (!this.#fills) return;
    const empty = async (): Promise<void> => {
      await this.#empty();
      this.#emptying = null;
    };
    this.#timer = setInterval(() => {
      this.#emptying ??= empty();
    }, EMPTYING_MS);
  }

  /**
   * Takes what is left, and lets the branch go.
   *
   * @param whole whether the answer came to its end; otherwise nothing is asked of the provider any more, and only what has
   *   come already is taken
   */
  async end(whole: boolean): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const emptying = this.#emptying ?? Promise.resolve();
    const rest = emptying.then(() => (whole ? this.#all() : this.#empty()));
    await (whole ? rest : Promise.race([rest, late()]));
    this.#done = true;
    this.#cancel().catch(() => undefined);
  }

  async #all(): Promise<void> {
    this.#buffer ??= new Uint8Array(Math.min(FIRST_BYTES, this.#size));
    // What doesn't fill the buffer was the last of it.
    while (!this.#done && (await this.#once(true))) {
      if (this.#buffer.length < this.#size) this.#buffer = new Uint8Array(this.#size);
    }
  }

  /** Takes what has come already. */
  async #empty(): Promise<void> {
    while (!this.#done && (await this.#once(false)));
  }

  /** Takes one piece; tells whether more may have come already. */
  async #once(all: boolean): Promise<boolean> {
    try {
      this.#buffer ??= new Uint8Array(this.#size);
      const { done, value } = await this.#read(this.#buffer, all);
      const length = value?.length ?? 0;
      if (value !== undefined && length > 0 && !this.#done) this.#take(value);
      // The buffer comes back with what was read, the same memory under another object.
      if (value !== undefined && this.#fills) this.#buffer = new Uint8Array(value.buffer as ArrayBuffer);
      if (done) this.#done = true;
      return !this.#fills || length === this.#buffer.length;
    } catch {
      // The provider broke off; what came before that was taken.
      this.#done = true;
      return false;
    }
  }
}
