const PRIME = 0x01000193;
const OFFSET = 0x811c9dc5;

/** FNV-1a, 32 bits: what is wanted is an even spread, at once and without I/O; nothing is kept secret by it. */
function hashed(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

/** The last step of MurmurHash3: without it, neighbours in one hash would be neighbours in all. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** By key: a key is longer than a token id by far. */
const seeds = new Map<string, number>();

function seedOf(key: string): number {
  const known = seeds.get(key);
  if (known !== undefined) return known;
  const seed = mixed(hashed(key, OFFSET));
  seeds.set(key, seed);
  return seed;
}

/**
 * The keys of a pool in the order in which a token uses them: always the same one first, so that the provider's prompt
 * caches serve it. Rendezvous hashing: a key that is added or taken away moves only the tokens that it gets or had.
 *
 * @param keys in any order, which has no part in the answer
 */
export function ranked(keys: readonly string[], tokenId: string): string[] {
  return keys
    .map((key) => ({ key, score: mixed(hashed(tokenId, seedOf(key))) }))
    .toSorted((one, other) => other.score - one.score)
    .map(({ key }) => key);
}
