const FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/** Shows times, which the server writes in UTC, in the viewer's zone. The exact time stays as the title. */
export function showLocalTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll("time")) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    element.title = element.dateTime;
    element.textContent = FORMAT.format(time);
  }
}
