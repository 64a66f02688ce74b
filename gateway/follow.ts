import type { Admitted } from "./admission.ts";
import type { Bindings } from "./bindings.ts";
import { flow } from "./flow.ts";
import { lastWords } from "./last-words.ts";
import { ROUTE_ROWS } from "./providers.ts";
import type { Refusal } from "./refusals.ts";
import { settle } from "./stages/settle.ts";
import { watchToken } from "./watch.ts";

/** An answer's body on its way. */
export interface Following {
  body: Response["body"];
  /** Settles with the permit; null where the permit is settled at once. */
  settled: Promise<void> | null;
}

/** Of an answer whose body isn't passed on as it is. */
export const NOT_FOLLOWED: Following = { body: null, settled: null };

/**
 * Watches the token of an answer that takes its time, cuts it where the token dies, and settles its permit when it is over.
 *
 * @param upstream an answer whose body is passed on as it is
 * @param client aborted when the client has gone
 */
export function follow(
  upstream: Response,
  client: AbortSignal,
  { token, permit }: Admitted,
  bindings: Bindings,
): Following {
  const { dialect } = ROUTE_ROWS[permit.route];
  const cut = new AbortController();
  let death: Refusal = { code: "unknown_token" };
  const { body, ended } = flow(upstream, client, cut.signal, () => lastWords(death, dialect, upstream.headers));
  if (ended === null) return { body, settled: null };
  const die = (refusal: Refusal): void => {
    death = refusal;
    cut.abort();
  };
  const stop = watchToken(bindings, token, die, null);
  const settleAtEnd = async (): Promise<void> => {
    const end = await ended;
    stop();
    settle(permit, { ended: end, status: upstream.status }, null, Date.now());
  };
  return { body, settled: settleAtEnd() };
}
