// What a browser calls itself, most telling first: Edge says Chrome too, and Chrome says Safari.
const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["Windows", "Windows"],
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Mac OS", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;

const nameIn = (names: readonly (readonly [mark: string, name: string])[], text: string): string | undefined =>
  names.find(([mark]) => text.includes(mark))?.[1];

/** A `user-agent` in short; of a program that isn't a browser, what it says. */
export function clientName(userAgent: string): string {
  const browser = userAgent.startsWith("Mozilla/") ? nameIn(BROWSERS, userAgent) : undefined;
  if (browser === undefined) return userAgent;
  const system = nameIn(SYSTEMS, userAgent);
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** The client in short, below something else; nothing where it said nothing. */
export function ClientName({ userAgent }: { userAgent: string }) {
  if (userAgent === "") return null;
  return (
    <span class="sub" title={userAgent}>
      {clientName(userAgent)}
    </span>
  );
}

/** Where a request came from: the address, and the client in short. */
export function Client({ address, userAgent }: { address: string; userAgent: string }) {
  return (
    <>
      {address}
      <ClientName userAgent={userAgent} />
    </>
  );
}
