const OFF = "doppelgate-keys-off";

// A browser may forbid storage: then the keys are on, as on a first visit.
function isOff(): boolean {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

function remember(on: boolean): void {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // It counts until the page is left.
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('textarea, select, input:not([type="checkbox"], [type="radio"], [type="submit"])'));

function addButton(open: () => void): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet keys-button";
  button.textContent = "Keyboard";
  button.addEventListener("click", open);
  document.querySelector(".bulk")?.append(button);
}

/** Lets the list of tokens be worked with by single keys; `?` says which. A switch turns them off. */
export function addKeys(root: ParentNode): void {
  const help = root.querySelector<HTMLDialogElement>("#keys");
  const search = root.querySelector<HTMLInputElement>("#query");
  if (help === null || search === null) return;
  const links = [...root.querySelectorAll<HTMLElement>("[data-row]")];
  const rowOf = (element: Element | null): number =>
    links.findIndex((link) => link.closest("tr") === (element?.closest("tbody tr") ?? undefined));

  let on = !isOff();
  const choice = help.querySelector<HTMLInputElement>("[data-keys-on]");
  if (choice !== null) {
    choice.checked = on;
    choice.addEventListener("change", () => {
      on = choice.checked;
      remember(on);
    });
  }
  const open = (): void => help.showModal();
  addButton(open);

  const step = (by: number): void => {
    const now = rowOf(document.activeElement);
    const next = now === -1 ? 0 : Math.min(links.length - 1, Math.max(0, now + by));
    links[next]?.focus();
  };
  const select = (): void => {
    links[rowOf(document.activeElement)]?.closest("tr")?.querySelector<HTMLInputElement>("td.pick input")?.click();
  };
  const keys: Record<string, () => void> = {
    "/": () => search.select(),
    j: () => step(1),
    k: () => step(-1),
    x: select,
    "?": open,
  };
  // Elsewhere the arrows scroll the page.
  const arrows: Record<string, () => void> = { ArrowDown: () => step(1), ArrowUp: () => step(-1) };

  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (!on || !isPlain || event.defaultPrevented || help.open || isTyping(event.target)) return;
    const action = keys[event.key] ?? (rowOf(document.activeElement) === -1 ? undefined : arrows[event.key]);
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}
