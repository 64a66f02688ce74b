type Field = HTMLInputElement | HTMLSelectElement;

const inputsOf = (row: Element): HTMLInputElement[] => [
  ...(row instanceof HTMLInputElement ? [row] : row.querySelectorAll("input")),
];
const isEmpty = (row: Element): boolean =>
  inputsOf(row).every((input) => (input.type === "checkbox" ? !input.checked : input.value === ""));

function empty(row: Element): void {
  for (const input of inputsOf(row)) {
    if (input.type === "checkbox") input.checked = false;
    else input.value = "";
  }
}

function button(text: string, name: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = text;
  made.setAttribute("aria-label", name);
  return made;
}

/** Tells the form that something changed, as if it were typed. */
const tell = (element: Element): boolean => element.dispatchEvent(new Event("input", { bubbles: true }));

// Names and ids with the row's number in them get the next one's; the rest of a row is as it is.
function numbered(row: HTMLElement, from: number, to: number): void {
  for (const element of [row, ...row.querySelectorAll<HTMLElement>("[id], [for], [name]")]) {
    for (const attribute of ["id", "for", "name"]) {
      const value = element.getAttribute(attribute);
      if (value !== null) element.setAttribute(attribute, value.replace(new RegExp(`-${from}(?=-|$)`), `-${to}`));
    }
  }
}

/** A further row, made after the last one. */
function another(rows: readonly HTMLElement[]): HTMLElement | null {
  const last = rows.at(-1);
  const copy = last?.cloneNode(true);
  if (last === undefined || !(copy instanceof HTMLElement)) return null;
  for (const note of copy.querySelectorAll(".error, .remove")) note.remove();
  for (const field of copy.querySelectorAll<Field>("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const label of copy.querySelectorAll(".unseen")) {
    label.textContent = (label.textContent ?? "").replace(/\d+$/, String(rows.length + 1));
  }
  numbered(copy, rows.length - 1, rows.length);
  empty(copy);
  last.after(copy);
  return copy;
}

function show(row: HTMLElement): void {
  row.hidden = false;
  row.querySelector<HTMLElement>("input")?.focus();
}

function watch(list: HTMLElement): void {
  const noun = list.dataset.rows ?? "row";
  const rows = [...list.children].filter((row): row is HTMLElement => row instanceof HTMLElement);
  const add = button(`Add a ${noun}`, `Add a ${noun}`);
  const dress = (row: HTMLElement): void => {
    const remove = button("Remove", `Remove this ${noun}`);
    remove.classList.add("quiet", "remove");
    remove.addEventListener("click", () => {
      empty(row);
      row.hidden = true;
      tell(list);
      add.focus();
    });
    row.append(remove);
  };
  rows.forEach((row, index) => {
    dress(row);
    // One empty row stays where there is no other: most often one is enough.
    row.hidden = index > 0 && isEmpty(row) && row.querySelector(".error") === null;
  });
  add.addEventListener("click", () => {
    const free = rows.find((row) => row.hidden);
    if (free !== undefined) {
      show(free);
      return;
    }
    const made = another(rows);
    if (made === null) return;
    rows.push(made);
    dress(made);
    show(made);
  });
  list.after(add);
}

/** Shows rows of fields one by one, with buttons to add and to remove them. */
export function addRows(root: ParentNode): void {
  for (const list of root.querySelectorAll<HTMLElement>("[data-rows]")) watch(list);
}
