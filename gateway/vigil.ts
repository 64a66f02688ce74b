import type { Bindings } from "./bindings.ts";
import { Refused, type Refusal } from "./refusals.ts";
import { watchToken, type Watched } from "./watch.ts";

/** A watch over the token of one request. */
export interface Vigil {
  /** Aborted when the token dies, or its guard refuses to let the request go on. */
  signal: AbortSignal;
  /** What it died of; null while it lives. */
  death(): Refusal | null;
  /**
   * Waits for work that the signal ends.
   *
   * @throws Refused with the death; whatever the work throws
   */
  over<T>(work: Promise<T>): Promise<T>;
  /** Has the death told, once; at once where it was before. */
  whenDead(tell: (death: Refusal) => void): void;
  /** Has something done once the request has lasted for some seconds; at once where it has already. One thing at a time. */
  whenLasting(work: () => void): void;
  /** Ends the watch. */
  end(): void;
}

/**
 * Watches a token from now on.
 *
 * @param permit that its guard granted; null where it granted none
 */
export function keepVigil(bindings: Bindings, token: Watched, permit: string | null): Vigil {
  const died = new AbortController();
  let death: Refusal | null = null;
  const onDead = (refusal: Refusal): void => {
    death = refusal;
    died.abort();
  };
  let isLasting = false;
  let lasting: (() => void) | null = null;
  const onLasting = (): void => {
    isLasting = true;
    lasting?.();
  };
  const end = watchToken(bindings, token, { onDead, onLasting }, permit);
  const over = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw death === null ? error : new Refused(death);
    }
  };
  const whenDead = (tell: (refusal: Refusal) => void): void => {
    if (death !== null) tell(death);
    else died.signal.addEventListener("abort", () => death !== null && tell(death), { once: true });
  };
  const whenLasting = (work: () => void): void => {
    if (isLasting) work();
    else lasting = work;
  };
  return { signal: died.signal, death: () => death, over, whenDead, whenLasting, end };
}
