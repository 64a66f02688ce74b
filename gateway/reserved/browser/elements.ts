const RESET_MS = 2_000;

/** Finds an element of the page. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no ${id}.`);
  return found;
}

/** Makes an element of text and other elements. Text is never read as markup. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...content: (string | Node)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.append(...content);
  return element;
}

/**
 * Makes text with a button that copies it.
 *
 * @param what names it, for the button
 * @param onCopied called when it was copied
 */
export function copyable(what: string, text: string, onCopied: () => void = () => undefined): HTMLElement {
  const shown = make("pre", text);
  // Wider than its box, it is scrolled by keyboard too.
  shown.tabIndex = 0;
  const label = `Copy ${what}`;
  const button = make("button", label);
  button.type = "button";
  // A screen reader hears "Copied" when the label changes.
  button.setAttribute("aria-live", "polite");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      onCopied();
    } catch {
      // No clipboard, or not allowed: the text can still be selected and copied by hand.
      button.textContent = "Select it and copy by hand";
    }
    setTimeout(() => button.replaceChildren(label), RESET_MS);
  };
  button.addEventListener("click", () => void copy());
  return make("div", shown, button);
}
