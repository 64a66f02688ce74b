/** A range of addresses. IPv4 stands in it as IPv6 does for it (`::ffff:0:0/96`, RFC 4291 §2.5.5.2), so that one rule fits both. */
export interface Network {
  /** 16 of them. */
  bytes: readonly number[];
  /** How many leading bits count, 0–128. */
  bits: number;
}

const V4_BITS = 96;
const V4_PREFIX: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

function v4Bytes(text: string): number[] | null {
  const parts = V4.exec(text)?.slice(1) ?? [];
  // "010" is 8 to some readers and 10 to others.
  const fine = parts.length === 4 && parts.every((part) => Number(part) <= 255 && !/^0\d/.test(part));
  return fine ? parts.map(Number) : null;
}

function groupBytes(text: string): number[] | null {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    const v4 = index === groups.length - 1 ? v4Bytes(group) : null;
    if (v4 !== null) bytes.push(...v4);
    else if (GROUP.test(group)) bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return null;
  }
  return bytes;
}

/**
 * Reads an address.
 *
 * @param text IPv4, or IPv6 in any of its spellings (RFC 4291 §2.2), without a zone
 * @returns 16 bytes; null where it is none
 */
export function addressBytes(text: string): number[] | null {
  const v4 = v4Bytes(text);
  if (v4 !== null) return [...V4_PREFIX, ...v4];
  const halves = text.split("::");
  if (!text.includes(":") || halves.length > 2) return null;
  const [front, back] = halves.map(groupBytes);
  if (front === null || front === undefined || back === null) return null;
  if (back === undefined) return front.length === 16 ? front : null;
  const zeros = 16 - front.length - back.length;
  // "::" stands for at least one group.
  return zeros < 2 ? null : [...front, ...Array.from({ length: zeros }, () => 0), ...back];
}

/**
 * Reads a network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3); an address alone is a network of one.
 *
 * @returns null where it is none
 */
export function parseNetwork(text: string): Network | null {
  const [address = "", length, more] = text.split("/");
  const bytes = addressBytes(address);
  if (bytes === null || more !== undefined) return null;
  const widest = address.includes(":") ? 128 : 32;
  if (length === undefined) return { bytes, bits: 128 };
  if (!/^\d{1,3}$/.test(length) || Number(length) > widest) return null;
  return { bytes, bits: Number(length) + (widest === 32 ? V4_BITS : 0) };
}

/**
 * Tells whether an address lies in a network.
 *
 * @param address of a client, as Cloudflare tells it
 * @returns false also for what is no address
 */
export function isWithin(address: string, network: Network): boolean {
  const bytes = addressBytes(address);
  if (bytes === null) return false;
  const whole = network.bits >> 3;
  for (let index = 0; index < whole; index++) if (bytes[index] !== network.bytes[index]) return false;
  const rest = network.bits & 7;
  if (rest === 0) return true;
  const mask = 0xff & (0xff << (8 - rest));
  return ((bytes[whole] ?? 0) & mask) === ((network.bytes[whole] ?? 0) & mask);
}

/**
 * Says why a text can't be a network.
 *
 * @returns a sentence for the owner; null where it is fine
 */
export const networkProblem = (text: string): string | null =>
  parseNetwork(text) === null ? "Write a network as 203.0.113.0/24 or 2001:db8::/32, or a single address." : null;
