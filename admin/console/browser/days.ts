/** Days are of the viewer's zone, which the server is told. Where some are set already they keep the zone that they have. */
export function nameDaysZone(root: ParentNode): void {
  for (const words of root.querySelectorAll("[data-days-zone]")) {
    const zone = words.closest("form")?.querySelector<HTMLInputElement>("input[name=zone]");
    if (!zone) continue;
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    words.textContent = zone.value;
  }
}
