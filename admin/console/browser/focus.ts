/** Moves the focus to what the page was loaded for, such as the list of what is wrong with a form. */
export function focusFirst(root: ParentNode): void {
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
}
