const FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/**
 * Shows times, which the server writes in UTC, in the viewer's zone. The exact time stays as the title; of one that is told in
 * words (`data-words`) the words stay, and the title is in the viewer's zone.
 */
export function showLocalTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll("time")) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    const isInWords = element.dataset["words"] !== undefined;
    element.title = isInWords ? FORMAT.format(time) : element.dateTime;
    if (!isInWords) element.textContent = FORMAT.format(time);
  }
}
