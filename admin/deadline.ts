/** How long one call to the gateway or to KV may take before it counts as failed, in ms. */
const DEADLINE = 3000;

/**
 * Waits for a call, but not for ever: a gateway that hangs must not hold the owner up.
 *
 * @throws what the call throws, or after 3 s that there was no answer in time; the call may still have its effect then
 */
export async function inTime<T>(call: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("There was no answer in time.")), DEADLINE);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
