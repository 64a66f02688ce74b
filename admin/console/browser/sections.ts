/** On a narrow screen the list of sections scrolls sideways: brings the one that is open into view. */
export function showSection(root: ParentNode): void {
  root.querySelector(".bar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}
