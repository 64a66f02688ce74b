import { isSeen, nameOf, seen } from "./seen.ts";

const TARGET = 44;
/** What WCAG 2.2 asks of every target that isn't part of a sentence (2.5.8). */
const LEAST_TARGET = 24;
const LEAST_TEXT = 12;
/** Below this, iOS zooms into a field when it gets the focus. */
const FIELD_TEXT = 16;
/** Layout is in fractions of a pixel. */
const SLACK = 0.5;
const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0']";

const px = (value: string): number => Number.parseFloat(value);

/** What scrolls by itself doesn't widen the page. */
const isInScroller = (element: Element): boolean => {
  for (let up = element.parentElement; up !== null; up = up.parentElement) {
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)) return true;
  }
  return false;
};

/** Nothing may be wider than the window: a phone would scroll sideways. */
export function widerThanWindow(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    (element) =>
      isSeen(element) && element.getBoundingClientRect().right > clientWidth + SLACK && !isInScroller(element),
  );
  const innermost = wide.filter((one) => !wide.some((other) => one !== other && one.contains(other))).slice(0, 3);
  return [`the page is ${scrollWidth} px wide in ${clientWidth}: ${innermost.map(nameOf).join(", ")}`];
}

/** The area that a click may hit: of a field within a label, the label's. */
function areaOf(element: Element): { width: number; height: number } {
  const own = element.getBoundingClientRect();
  const label = element.matches("input") ? element.closest("label") : null;
  if (label === null) return own;
  const { width, height } = label.getBoundingClientRect();
  return { width: Math.max(own.width, width), height: Math.max(own.height, height) };
}

/** A link within a sentence is as high as its line; WCAG 2.2 lets it be. */
function isInSentence(element: Element): boolean {
  if (element.tagName !== "A" || getComputedStyle(element).display !== "inline") return false;
  const around = [...(element.parentElement?.childNodes ?? [])];
  return around.some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "");
}

/** Targets that a finger would miss. */
export function smallTargets(): string[] {
  return seen(TARGETS).flatMap((element) => {
    const { width, height } = areaOf(element);
    if (isInSentence(element)) return [];
    // Words may be short: a link is wide enough where WCAG says so, and as high as a finger.
    const leastWidth = element.tagName === "A" ? LEAST_TARGET : TARGET;
    if (width + SLACK >= leastWidth && height + SLACK >= TARGET) return [];
    return [`${nameOf(element)} is a target of ${Math.round(width)} × ${Math.round(height)} px`];
  });
}

/** How large words of an element are on the screen: an SVG is scaled. */
function textSize(element: Element): number {
  const size = px(getComputedStyle(element).fontSize);
  const scale = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.d ?? 1) : 1;
  return size * scale;
}

/** Words that are too small to be read. */
export function smallText(): string[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Map<Element, number>();
  while (walker.nextNode() !== null) {
    const element = walker.currentNode.parentElement;
    if (element === null || (walker.currentNode.textContent ?? "").trim() === "" || !isSeen(element)) continue;
    const size = textSize(element);
    if (size < LEAST_TEXT) found.set(element, size);
  }
  return [...found].map(([element, size]) => `${nameOf(element)} is written in ${size} px`);
}

/** Fields into which a phone would zoom. */
export function smallFields(): string[] {
  return seen("input:not([type=checkbox], [type=radio], [type=hidden]), select, textarea")
    .filter((element) => px(getComputedStyle(element).fontSize) < FIELD_TEXT)
    .map((element) => `${nameOf(element)} is a field below ${FIELD_TEXT} px`);
}

/** What moves although the viewer asked for nothing to move. */
export function moving(): string[] {
  return [...document.querySelectorAll("*")].flatMap((element) => {
    const { transitionDuration, animationDuration } = getComputedStyle(element);
    const durations = `${transitionDuration}, ${animationDuration}`.split(",").map(px);
    return durations.some((seconds) => seconds > 0.01) ? [`${nameOf(element)} moves`] : [];
  });
}

/** Numbers of a column have to stand one below the other. */
export function raggedNumbers(): string[] {
  return seen("td.number").flatMap((cell) => {
    const { fontVariantNumeric, textAlign } = getComputedStyle(cell);
    const aligned = fontVariantNumeric.includes("tabular-nums") && ["right", "end"].includes(textAlign);
    return aligned ? [] : [`${nameOf(cell)} isn't aligned`];
  });
}

const TABBABLE = `${TARGETS}, [tabindex]:not([tabindex^="-"])`;

/** The focus goes on as the page is read: never to something above, and in no order of its own. */
export function jumpingFocus(): string[] {
  const ordered = [...document.querySelectorAll('[tabindex]:not([tabindex="0"], [tabindex^="-"])')];
  const stops = seen(TABBABLE).map((element) => ({ element, box: element.getBoundingClientRect() }));
  const jumps = stops.filter(({ box }, index) => {
    const before = stops[index - 1];
    return before !== undefined && box.bottom <= before.box.top;
  });
  return [
    ...ordered.map((element) => `${nameOf(element)} has a place of its own in the order of focus`),
    ...jumps.map(({ element }) => `the focus jumps up to ${nameOf(element)}`),
  ];
}

/** Opens everything that can be opened. */
export function unfold(): void {
  for (const details of document.querySelectorAll("details")) details.open = true;
}
