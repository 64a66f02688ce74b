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
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`${what}: no answer in time`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
