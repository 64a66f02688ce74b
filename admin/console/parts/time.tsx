const MINUTES = "YYYY-MM-DDTHH:MM".length;

/** A time, in UTC and with the exact one as its title; the enhancement script shows it in the viewer's zone. */
export function Time({ ms }: { ms: number }) {
  const iso = new Date(ms).toISOString();
  return <time datetime={iso} title={iso}>{`${iso.slice(0, MINUTES).replace("T", " ")} UTC`}</time>;
}

/** When something ends; null: never. */
export function Ending({ ms }: { ms: number | null }) {
  return ms === null ? <>Never</> : <Time ms={ms} />;
}
