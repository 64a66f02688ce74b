const FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/**
 * Shows times, which the server writes in UTC, in the viewer's zone. The title has the exact one. What the server told in words
 * (`data-words`) stays, with the viewer's own time as its title.
 */
export function showLocalTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll("time")) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    const local = FORMAT.format(time);
    if (element.dataset["words"] === undefined) element.textContent = local;
    else element.title = `${local} (${element.dateTime})`;
  }
}
