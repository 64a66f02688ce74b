// What of a page can be seen, and how it is named in a message.

const MAX_WORDS = 40;

/** An element in a message: its tag, id or classes, and its words. */
export function nameOf(element: Element): string {
  const id = element.id === "" ? "" : `#${element.id}`;
  const classes = [...element.classList].map((name) => `.${name}`).join("");
  const words = (element.textContent ?? "").trim().replaceAll(/\s+/g, " ").slice(0, MAX_WORDS);
  return `${element.tagName.toLowerCase()}${id === "" ? classes : id}${words === "" ? "" : ` “${words}”`}`;
}

/** Whether it is drawn, and not only there for screen readers. */
export function isSeen(element: Element): boolean {
  if (element.closest(".unseen, .skip:not(:focus)") !== null) return false;
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0;
}

/** All that match and are drawn. */
export const seen = (selector: string): Element[] => [...document.querySelectorAll(selector)].filter(isSeen);
