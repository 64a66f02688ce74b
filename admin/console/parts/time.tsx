const MINUTES = "YYYY-MM-DDTHH:MM".length;

interface TimeProps {
  ms: number;
  /** Whether a viewer rather wants to know how long ago it was; told by the script, for some days. */
  ago?: boolean;
}

/** A time, in UTC and with the exact one as its title; the enhancement script shows it in the viewer's zone. */
export function Time({ ms, ago = false }: TimeProps) {
  const iso = new Date(ms).toISOString();
  return (
    <time datetime={iso} title={iso} data-ago={ago ? "" : undefined}>
      {`${iso.slice(0, MINUTES).replace("T", " ")} UTC`}
    </time>
  );
}

/** When something ends; null: never. */
export function Ending({ ms }: { ms: number | null }) {
  return ms === null ? <>Never</> : <Time ms={ms} />;
}
