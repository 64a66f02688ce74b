/** What the server says of a test. */
interface Words {
  good: boolean;
  title: string;
  detail: string;
}

const FAILED: Words = {
  good: false,
  title: "The admin didn't answer, so nothing is known.",
  detail: "Look whether you are still signed in, in another tab. The token stays on this page.",
};

function isWords(value: unknown): value is Words {
  const found = value as Partial<Record<keyof Words, unknown>> | null;
  return typeof found?.good === "boolean" && typeof found.title === "string" && typeof found.detail === "string";
}

async function ask(form: HTMLFormElement): Promise<Words> {
  const fields = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    const words: unknown = await answer.json();
    return isWords(words) ? words : FAILED;
  } catch {
    return FAILED;
  }
}

function show(result: Element, { good, title, detail }: Words): void {
  const message = document.createElement("div");
  message.className = `message ${good ? "good" : "bad"}`;
  for (const [text, className] of [
    [title, ""],
    [detail, "note"],
  ] as const) {
    const line = document.createElement("p");
    line.className = className;
    line.textContent = text;
    message.append(line);
  }
  result.replaceChildren(message);
}

async function test(form: HTMLFormElement, result: Element, button: Element): Promise<void> {
  // Not `disabled`: that would take the focus away from who pressed it.
  button.setAttribute("aria-disabled", "true");
  result.textContent = "Asking …";
  show(result, await ask(form));
  button.removeAttribute("aria-disabled");
}

/** Tests a token without leaving the page that shows it. */
export function testInPlace(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-trial]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const [result, button] = [form.querySelector(".result"), form.querySelector("button")];
      if (result === null || button === null || button.ariaDisabled === "true") return;
      void test(form, result, button);
    });
  }
}
