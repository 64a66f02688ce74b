const HOUR = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const HINT = "Point at a bar, or use the arrow keys, to read it.";
/** A page up or down. */
const LEAP = 7;

/** A step, as the server wrote it. */
interface Step {
  target: Element;
  /** When, and the sum. */
  head: string;
  /** What the sum is of. */
  parts: string;
}

/** The server writes hours in UTC; here they are the viewer's. */
function headOf(text: string, hour: string | undefined): string {
  if (hour === undefined) return text;
  return HOUR.format(Number(hour)) + text.slice(text.indexOf(": "));
}

function stepsOf(plot: Element): Step[] {
  return [...plot.querySelectorAll("g")].flatMap((group) => {
    const [title, target] = [group.querySelector("title"), group.querySelector(".target")];
    if (title === null || target === null) return [];
    // What is read out here needs no tooltip over it.
    title.remove();
    // No name stands before the first dash.
    const [head = "", ...parts] = title.textContent.split(" — ");
    return [{ target, head: headOf(head, group.dataset["hour"]), parts: parts.join(" — ") }];
  });
}

const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  PageUp: (at) => at + LEAP,
  PageDown: (at) => at - LEAP,
  Home: () => 0,
  End: (_, last) => last,
};

/** A line of two: the step, which a slider says by itself, and of what it is, which is announced behind it. */
function addLine(plot: HTMLElement): { head: Element; parts: Element } {
  const [line, head, parts] = [
    document.createElement("p"),
    document.createElement("strong"),
    document.createElement("span"),
  ];
  line.className = "read-out";
  parts.setAttribute("aria-live", "polite");
  line.append(head, " ", parts);
  (plot.closest(".frame") ?? plot).after(line);
  return { head, parts };
}

/** Makes the chart a slider: screen readers hand the arrow keys on to it, and say its value when that changes. */
function makeSlider(plot: HTMLElement, steps: readonly Step[]): void {
  const attributes = {
    role: "slider",
    tabindex: "0",
    "aria-label": plot.dataset["chart"] ?? "",
    "aria-valuemin": "1",
    "aria-valuemax": String(steps.length),
    "aria-valuenow": String(steps.length),
    "aria-valuetext": steps.at(-1)?.head ?? "",
  };
  for (const [name, value] of Object.entries(attributes)) plot.setAttribute(name, value);
}

const within = (at: number, last: number): number => Math.min(last, Math.max(0, at));

/** The step under the pointer. */
function stepAt(event: PointerEvent, plot: Element, count: number): number {
  const { left, width } = plot.getBoundingClientRect();
  return within(Math.floor(((event.clientX - left) / width) * count), count - 1);
}

function readOut(plot: HTMLElement): void {
  const steps = stepsOf(plot);
  const last = steps.length - 1;
  const line = addLine(plot);
  let at = last;

  const hide = (): void => {
    for (const { target } of steps) target.classList.remove("here");
    line.head.textContent = HINT;
    line.parts.textContent = "";
  };
  const show = (next: number): void => {
    const step = steps[next];
    if (step === undefined) return;
    hide();
    at = next;
    step.target.classList.add("here");
    line.head.textContent = step.head;
    line.parts.textContent = step.parts;
    plot.setAttribute("aria-valuenow", String(at + 1));
    plot.setAttribute("aria-valuetext", step.head);
  };

  makeSlider(plot, steps);
  hide();
  plot.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (move === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(within(move(at, last), last));
  });
  plot.addEventListener("focus", () => show(at));
  plot.addEventListener("blur", hide);
  plot.addEventListener("pointermove", (event) => show(stepAt(event, plot, steps.length)));
  plot.addEventListener("pointerdown", (event) => show(stepAt(event, plot, steps.length)));
  plot.addEventListener("pointerleave", () => (document.activeElement === plot ? show(at) : hide()));
}

/** Reads the steps of charts out: to whoever points at one, or goes through them by the arrow keys. */
export function readOutCharts(root: ParentNode): void {
  for (const text of root.querySelectorAll<SVGElement>(".x-axis [data-hour]")) {
    text.textContent = CLOCK.format(Number(text.dataset["hour"]));
  }
  for (const zone of root.querySelectorAll("[data-zone]")) {
    zone.textContent = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  for (const plot of root.querySelectorAll<HTMLElement>("[data-chart]")) readOut(plot);
}
