import { capabilitiesOf, lastMoment, markOf, parseCapability, signerOf, type Capability } from "./capability.ts";
import type { Bindings } from "./bindings.ts";
import { withDeadline } from "../shared/deadline.ts";
import { guardName } from "./guard/guard.ts";
import { log } from "./log.ts";
import type { Found } from "./lookup.ts";
import { ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused } from "./refusals.ts";
import type { Target } from "./target.ts";
import type { Watched } from "./watch.ts";

/** Where uploads go on: the route that has two-legged ones, and how their paths begin. */
const UPLOADS: { route: Route; prefix: string } = { route: "gemini", prefix: "/upload/" };
const GUARD_DEADLINE_MS = 3_000;

const METHODS: ReadonlySet<string> = new Set(["POST", "PUT"]);
/** What may be done to an upload that was begun. Not `start`: it would begin another one, without a token. */
const COMMANDS: ReadonlySet<string> = new Set(["upload", "query", "finalize", "cancel"]);

const refused = (): Refused => new Refused({ code: "invalid_upload_capability" });

/** The token that opened a request, as a capability must know it. */
export interface Opener {
  /** SHA-256 of the secret, hex. */
  hash: string;
  /** When a capability that this request is given must end, ms since 1970. */
  uploadsUntil: number;
}

/**
 * The capability in the address of an upload's second leg.
 *
 * @returns null where the address has none, or is no upload's
 * @throws Refused `invalid_upload_capability` where it hasn't the form of one
 */
export function capabilityOf(route: Route | null, target: Target): Capability | null {
  if (route !== UPLOADS.route || !target.path.startsWith(UPLOADS.prefix)) return null;
  const values = capabilitiesOf(target.query);
  if (values.length === 0) return null;
  const capability = values.length === 1 ? parseCapability(values[0] ?? "") : null;
  if (capability === null) throw refused();
  return capability;
}

function goesOn({ method, headers }: Pick<Request, "method" | "headers">): boolean {
  const commands = (headers.get("x-goog-upload-command") ?? "").split(",").map((command) => command.trim());
  return METHODS.has(method) && commands.every((command) => COMMANDS.has(command.toLowerCase()));
}

/**
 * The provider key with which an upload was begun: it goes on in the account of that one alone. The one that signed its
 * capability is the one that was used.
 *
 * @returns null where none of the keys signed it
 */
export function uploadKeyOf(capability: Capability, target: Target, bindings: Bindings): Promise<string | null> {
  return signerOf(bindings.providers[ROUTE_ROWS[UPLOADS.route].provider].keys, target, capability);
}

/**
 * Finds the token behind a capability, which stands in for it: Python's SDK and others go on with an upload without any
 * credential.
 *
 * @param key that the upload was begun with; null: the capability isn't a true one
 * @param now ms since 1970
 * @returns the secret that began the upload, with the record as the guard has it; empty where it is no secret any more
 * @throws Refused `invalid_upload_capability`, `token_check_unavailable` where the guard can't be asked
 */
export async function findOpener(
  capability: Capability,
  request: Pick<Request, "method" | "headers">,
  key: string | null,
  bindings: Bindings,
  now: number,
): Promise<Found[]> {
  // Before the guard is asked, so that made-up capabilities cost no I/O.
  if (key === null || capability.expiresAt <= now || !goesOn(request)) throw refused();
  const { record } = await withDeadline(
    bindings.guards.getByName(guardName(capability.tokenId)).recall(),
    GUARD_DEADLINE_MS,
    "guard",
  ).catch((error: unknown) => {
    log("warn", "guard_failed", { reason: String(error) });
    throw new Refused({ code: "token_check_unavailable" });
  });
  const found: Found[] = [];
  for (const { hash } of record?.secrets ?? []) {
    if ((await markOf(key, hash)) === capability.mark) found.push({ hash, record });
  }
  return found;
}

/**
 * What later addresses for the same token need to know.
 *
 * @param token that `authorize` took
 * @param shown the capability of the request, and whether it alone opened it
 * @param now ms since 1970
 * @throws Refused `invalid_upload_capability` where the capability is another token's
 */
export function openerOf(
  { record, hash }: Watched,
  { capability, alone }: { capability: Capability | null; alone: boolean },
  now: number,
): Opener {
  // Stops one holder from going on with another's upload under a token of their own.
  if (capability !== null && capability.tokenId !== record.id) throw refused();
  // An upload's address never lives longer by being used; the end in a capability that nobody verified says nothing.
  return { hash, uploadsUntil: capability !== null && alone ? capability.expiresAt : lastMoment(now) };
}
