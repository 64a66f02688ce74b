import { shortSession } from "../../audit/shapes.ts";
import type { AuditEntry } from "../../registry/reports.ts";
import { ClientName } from "./client.tsx";
import { address as linkTo } from "./table.tsx";

const COUNTRIES = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

/** Cloudflare's names of what is no country. */
const OTHERS: Readonly<Record<string, string>> = { T1: "Tor" };

const countryName = (code: string): string => OTHERS[code] ?? COUNTRIES.of(code) ?? code;

type WhoProps = Pick<AuditEntry, "action" | "session" | "address" | "country" | "userAgent">;

function Name({ action, session, address }: WhoProps) {
  if (address === "registry") return <>The registry, by itself</>;
  if (address === "holder" || action.endsWith("_by_holder")) return <>The holder</>;
  if (session === null) return <>Nobody signed in</>;
  const short = shortSession(session);
  return (
    <>
      Session{" "}
      <a href="/sessions">
        <code>{short}</code>
      </a>
      <a class="sub" href={linkTo("/audit", { session: short })}>
        What it did <span class="unseen">in session {short}</span>
      </a>
    </>
  );
}

/** Who did something, and from where. */
export function AuditWho(entry: WhoProps) {
  const { address, country, userAgent } = entry;
  // What isn't the owner's has no address: the holder's isn't told to the registry.
  const place = ["registry", "holder"].includes(address) ? [] : [address];
  if (country !== null) place.push(countryName(country));
  return (
    <>
      <Name {...entry} />
      {place.length > 0 && <span class="sub">{place.join(", ")}</span>}
      <ClientName userAgent={userAgent} />
    </>
  );
}
