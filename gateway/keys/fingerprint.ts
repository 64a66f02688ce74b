import { sha256 } from "../../shared/hash.ts";

/** By key. Values and not promises: a promise made in one request can't be awaited in another. */
const known = new Map<string, string>();

/**
 * Names a provider key where it can't be shown: 32 bits, which tell it from the owner's others and from no key in the world.
 *
 * @param key the provider key
 * @returns 8 hexadecimal digits
 */
export async function fingerprintOf(key: string): Promise<string> {
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const fingerprint = (await sha256(`doppelgate key fingerprint ${key}`)).slice(0, 8);
  known.set(key, fingerprint);
  return fingerprint;
}

/**
 * Finds a key by its fingerprint.
 *
 * @returns null where none of them has it
 */
export async function keyWith(fingerprint: string, keys: readonly string[]): Promise<string | null> {
  for (const key of keys) {
    if ((await fingerprintOf(key)) === fingerprint) return key;
  }
  return null;
}
