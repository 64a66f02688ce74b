const own = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function fillList(list: Element): void {
  list.replaceChildren(
    ...["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => {
      const option = document.createElement("option");
      option.value = zone;
      return option;
    }),
  );
}

/** Hours are of the browser's zone, unless the owner names another. */
function helpHours(zone: HTMLInputElement): void {
  if (zone.dataset.guessed !== undefined && zone.value !== own()) {
    zone.value = own();
    // As if it were typed: what the form means has changed.
    zone.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const hours = zone.form?.querySelector("#rule-activeHours");
  hours?.addEventListener("input", ({ target }) => {
    if (zone.value === "" && target instanceof HTMLInputElement && (target.checked || target.value !== "")) {
      zone.value = own();
    }
  });
}

/** A typed end is of the browser's zone, which the server is told. */
function helpEnd(hidden: HTMLInputElement): void {
  const end = hidden.form?.querySelector<HTMLInputElement>("#expires-at");
  const label = hidden.form?.querySelector("label[for=expires-at]");
  if (!end || !label) return;
  // What was typed already stays of the zone that it was typed in, or else it would be another moment.
  if (end.value === "") hidden.value = own();
  label.textContent = `Date and time, in ${hidden.value || "UTC"}`;
}

/** Offers all time zones, and takes the browser's where none was named. */
export function helpWithZones(root: ParentNode): void {
  for (const list of root.querySelectorAll("#time-zones")) fillList(list);
  for (const zone of root.querySelectorAll<HTMLInputElement>("#rule-timeZone")) helpHours(zone);
  for (const hidden of root.querySelectorAll<HTMLInputElement>("input[name=expiresZone]")) helpEnd(hidden);
}
