/** Where the owner goes on where nothing else is said. */
export const HOME = "/";

/**
 * An address that may be gone on to: a path of this admin, whatever somebody wrote into a link.
 *
 * @param next as it came; undefined: nothing came
 * @param origin the admin's own
 * @returns `HOME` where it leads anywhere else
 */
export function ownPath(next: string | undefined, origin: string): string {
  // `//evil.test`, `/\\evil.test` and a path with a tab in it are other hosts to a browser: only what the parser reads as ours.
  if (next?.startsWith("/") !== true || !URL.canParse(next, origin)) return HOME;
  const url = new URL(next, origin);
  // The second look: a path that begins with two slashes is a host to whoever reads it next.
  return url.origin === origin && !url.pathname.startsWith("//") ? url.pathname + url.search : HOME;
}

/** The page that asks for a fresh proof and then leads back to an address. */
export const confirmAddress = ({ pathname, search }: URL): string =>
  `/confirm?${new URLSearchParams({ next: pathname + search }).toString()}`;
