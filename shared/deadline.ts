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
export function withDeadline<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  // By hand: `Promise.race` and `finally` make five promises more, for each request.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineError(`${what}: no answer in time`)), milliseconds);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        // oxlint-disable-next-line prefer-promise-reject-errors -- what the work throws, whatever it is
        reject(error);
      },
    );
  });
}
