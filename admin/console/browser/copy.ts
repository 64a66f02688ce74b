const RESET_MS = 2000;

async function copy(text: string, button: HTMLButtonElement, label: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // No clipboard, or not allowed: the text can still be selected and copied by hand.
    button.textContent = "Select it and copy by hand";
  }
  setTimeout(() => {
    button.textContent = label;
  }, RESET_MS);
}

/** Puts a button behind each element with `data-copy`, whose value says what is copied. */
export function addCopyButtons(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-copy]")) {
    const label = `Copy ${element.dataset.copy ?? ""}`.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button copy";
    button.textContent = label;
    // A screen reader hears "Copied" when the label changes.
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => void copy(element.textContent, button, label));
    // Behind the whole block, not behind its last word.
    (element.closest("pre") ?? element).after(button);
  }
}
