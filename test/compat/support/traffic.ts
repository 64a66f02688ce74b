/** A request that a client sent and the head of its answer. */
export interface Exchange {
  url: string;
  status: number;
  headers: Headers;
}

/** What an SDK sends while something runs. */
export interface Watched<Result> {
  result: Result;
  exchanges: Exchange[];
}

/**
 * Runs something and notes each request that it sends by `fetch`. The SDKs take the global `fetch` when a client is made,
 * so the client must be made inside.
 */
export async function watch<Result>(run: () => Promise<Result>): Promise<Watched<Result>> {
  const exchanges: Exchange[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await real(input, init);
    const url = input instanceof Request ? input.url : String(input);
    exchanges.push({ url, status: response.status, headers: response.headers });
    return response;
  };
  try {
    return { result: await run(), exchanges };
  } finally {
    globalThis.fetch = real;
  }
}
