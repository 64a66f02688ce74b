import type { Provider } from "../shared/providers.ts";
import { beginningOf } from "./peek.ts";
import { PROVIDER_ROWS } from "./providers.ts";

/** How long a location's way is remembered, in ms. Long enough to spare the detour by a refusal, short enough to notice. */
const REMEMBERED_MS = 10 * 60_000;

/** Where a request goes from, and to whom. */
export interface Place {
  provider: Provider;
  /** Cloudflare's name of the location (`request.cf.colo`); empty where there is none, as on a developer's machine. */
  colo: string;
}

/** What was learnt of a place: that the relay is needed, or that it doesn't help either. */
export type Way = "relay" | "direct";

/** In the isolate's memory, which belongs to one location; named by it all the same, since nothing promises that. */
const ways = new Map<string, { way: Way; until: number }>();

const nameOf = ({ provider, colo }: Place): string => `${provider}@${colo}`;

/** Forgets everything; for tests. */
export function forgetWays(): void {
  ways.clear();
}

/** Tells whether any place's way is known: without one, nobody needs to know where a request is. */
export const isAnyWayKnown = (): boolean => ways.size > 0;

/**
 * The way that requests from a place are known to need.
 *
 * @param now ms since 1970
 * @returns null where nothing is known: the direct way may do
 */
export function knownWay(place: Place, now: number): Way | null {
  const known = ways.get(nameOf(place));
  return known === undefined || now >= known.until ? null : known.way;
}

/**
 * Remembers a place's way for a while. There are a few hundred locations and three providers, so memory stays small.
 *
 * @param now ms since 1970
 */
export function rememberWay(place: Place, way: Way, now: number): void {
  ways.set(nameOf(place), { way, until: now + REMEMBERED_MS });
}

/**
 * Tells whether a provider refuses the location that a request came from, by its row's status and words. What it reads, it
 * reads from a copy: the answer can still be handed on.
 *
 * @param answer the provider's, its body not yet read
 */
export async function isRegionRefusal(provider: Provider, answer: Response): Promise<boolean> {
  const { regionRefusal } = PROVIDER_ROWS[provider];
  if (regionRefusal === null || answer.status !== regionRefusal.status) return false;
  return (await beginningOf(answer)).includes(regionRefusal.words);
}
