const FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});
const AGO = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

/** Each unit in ms, and up to how many of it are told; what is longer ago has its date. */
const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number, upTo: number])[] = [
  ["second", 1000, 60],
  ["minute", 60_000, 60],
  ["hour", 3_600_000, 24],
  ["day", 86_400_000, 7],
];

function agoWords(time: Date, now: number): string {
  const unit = UNITS.find(([, ms, upTo]) => Math.abs(time.getTime() - now) < ms * upTo);
  return unit === undefined ? FORMAT.format(time) : AGO.format(Math.trunc((time.getTime() - now) / unit[1]), unit[0]);
}

/**
 * Shows times, which the server writes in UTC, in the viewer's zone, or how long ago they are. The title has the exact one. What
 * the server told in words (`data-words`) stays, with the viewer's own time as its title.
 */
export function showLocalTimes(root: ParentNode): void {
  const now = Date.now();
  for (const element of root.querySelectorAll("time")) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    const [ago, inWords] = [element.dataset["ago"] !== undefined, element.dataset["words"] !== undefined];
    if (!inWords) element.textContent = ago ? agoWords(time, now) : FORMAT.format(time);
    if (ago || inWords) element.title = `${FORMAT.format(time)} (${element.dateTime})`;
  }
}
