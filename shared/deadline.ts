/** A deadline that passed. */
export class DeadlineError extends Error {}

/**
 * Waits for a promise, but not longer than a time.
 *
 * @param work what is waited for; it goes on after the deadline, unheard
 * @param milliseconds how long
 * @param what named in the error
 * @throws a DeadlineError `…: no answer in time` at the deadline, or what the work throws
 */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  // By hand: `Promise.race` makes several promises more, for each request.
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new DeadlineError(`${what}: no answer in time`)), milliseconds);
  work.then(resolve, reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
