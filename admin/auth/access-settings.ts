/** Where Cloudflare Access stands in front of the admin. */
export interface AccessSettings {
  /** The team's origin, which is the issuer of its assertions: `https://team.cloudflareaccess.com`. */
  teamDomain: string;
  /** The tag of the Access application that is the admin. */
  audience: string;
}

const isUnset = (value: unknown): boolean => value === undefined || value === "";

function teamDomainOf(value: unknown): string | null {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const { protocol, hostname, origin, href } = new URL(value);
  // Whoever this names may say who the owner is: only Cloudflare's own hosts, and nothing beside the host.
  const isTeam = protocol === "https:" && hostname.endsWith(".cloudflareaccess.com") && href === `${origin}/`;
  return isTeam ? origin : null;
}

/**
 * Reads the two vars of Cloudflare Access.
 *
 * @returns null where neither is set; a text that says what is wrong where the two together make no sense
 */
export function readAccessSettings(teamDomain: unknown, audience: unknown): AccessSettings | string | null {
  if (isUnset(teamDomain) && isUnset(audience)) return null;
  if (isUnset(audience))
    return "ACCESS_TEAM_DOMAIN is set but ACCESS_AUD isn't. Cloudflare Access needs both, or neither.";
  if (isUnset(teamDomain))
    return "ACCESS_AUD is set but ACCESS_TEAM_DOMAIN isn't. Cloudflare Access needs both, or neither.";
  const origin = teamDomainOf(teamDomain);
  if (origin === null) return "ACCESS_TEAM_DOMAIN has to look like https://your-team.cloudflareaccess.com.";
  if (typeof audience !== "string" || !/^[0-9a-f]{32,128}$/.test(audience)) {
    return "ACCESS_AUD has to be the Application Audience (AUD) tag of the Access application: letters a–f and digits.";
  }
  return { teamDomain: origin, audience };
}
