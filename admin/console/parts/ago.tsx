import { fromNow } from "../spans.ts";

const MINUTES = "YYYY-MM-DDTHH:MM".length;

/** A time as its distance from now, in words; the exact one is its title. The words stay where the script shows local times. */
export function Ago({ ms, now }: { ms: number; now: number }) {
  const iso = new Date(ms).toISOString();
  return (
    <time datetime={iso} title={`${iso.slice(0, MINUTES).replace("T", " ")} UTC`} data-words="">
      {fromNow(ms, now)}
    </time>
  );
}
