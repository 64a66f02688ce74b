const GROUPS = 8;

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}

/**
 * What the sign-in throttle counts by. Whoever has one IPv6 address has the 2^64 of its /64 network, so that counting
 * single addresses would count nothing.
 *
 * @param address as `cf-connecting-ip` gives it, or `unknown`
 * @returns an IPv4 address as it is, also where it comes mapped into IPv6; the first four groups of an IPv6 address;
 *   anything else as it is
 */
export function throttleKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
