import { parseWhen } from "../../scripts/schedule/when.ts";

/** Runs something as on a machine in that time zone. */
export function inZone<Result>(zone: string, run: () => Result): Result {
  const own = process.env["TZ"];
  process.env["TZ"] = zone;
  try {
    return run();
  } finally {
    if (own === undefined) delete process.env["TZ"];
    else process.env["TZ"] = own;
  }
}

/** The instant that a text means, in UTC. */
export function parse(text: string, now: string, zone = "UTC"): string {
  return inZone(zone, () => parseWhen(text, new Date(now)).toISOString().replace(".000Z", "Z"));
}
