/** Adds a checkbox that selects all rows of a page, and says how many are selected. */
export function addSelection(root: ParentNode): void {
  const place = root.querySelector<HTMLElement>("[data-select-all]");
  const told = root.querySelector<HTMLElement>("[data-selected]");
  if (place === null || told === null) return;
  const boxes = [...root.querySelectorAll<HTMLInputElement>('td.pick input[type="checkbox"]')];
  const everything = root.querySelector<HTMLInputElement>("#all");

  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Select all on this page");
  const label = document.createElement("label");
  label.className = "choice";
  label.append(all);
  place.append(label);
  told.setAttribute("role", "status");

  const show = (): void => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    told.textContent = everything?.checked === true ? "All that match" : count === 0 ? "" : `${count} selected`;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of [...boxes, ...(everything === null ? [] : [everything])]) box.addEventListener("change", show);
  // Browsers bring back what was selected when the owner comes back to the page.
  addEventListener("pageshow", show);
  show();
}
