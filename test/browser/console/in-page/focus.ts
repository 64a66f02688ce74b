import { nameOf } from "./seen.ts";

/** Where the focus is. */
export interface Focus {
  on: string;
  /** Whether it can be seen there. */
  seen: boolean;
  /** Whether it is where it was to go: at the field, or in its group of radio buttons. */
  there: boolean;
}

let goal: Element | null = null;

/** Says where the focus is to go. */
export function aimAt(element: Element): void {
  goal = element;
}

const isOfGroup = (one: Element, other: Element): boolean =>
  one instanceof HTMLInputElement &&
  other instanceof HTMLInputElement &&
  one.type === "radio" &&
  one.name === other.name &&
  one.form === other.form;

/** Where the focus is; null: nowhere. */
export function focus(): Focus | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const seen = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  const there = goal !== null && (element === goal || isOfGroup(element, goal));
  return { on: nameOf(element), seen, there };
}
