const WAIT_MS = 300;
const SILENT = "It can't be shown at the moment. Saving doesn't need it.";

/** What the server says of a form. */
interface Preview {
  sentence: string | null;
  folds: Record<string, string | null>;
  errors: { message: string }[];
}

// A typed token is sent when it is saved and not before.
function bodyOf(form: HTMLFormElement): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name !== "secret" && typeof value === "string") body.append(name, value);
  }
  return body;
}

async function read(form: HTMLFormElement, path: string, signal: AbortSignal): Promise<Preview> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { accept: "application/json" },
    body: bodyOf(form),
    signal,
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const said: Preview = await answer.json();
  return said;
}

function show(form: HTMLFormElement, text: string, folds: Preview["folds"]): void {
  const output = form.querySelector("[data-meaning]");
  // Writing the same again would have a screen reader say it again.
  if (output !== null && output.textContent !== text) output.textContent = text;
  for (const fold of form.querySelectorAll<HTMLElement>("[data-fold]")) {
    const words = folds[fold.dataset.fold ?? ""];
    if (words !== undefined) fold.textContent = words ?? "…";
  }
}

function watch(form: HTMLFormElement, path: string): void {
  let timer = 0;
  let running = new AbortController();
  const update = async (): Promise<void> => {
    running.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const { sentence, folds, errors } = await read(form, path, mine.signal);
      show(form, sentence ?? `Not right yet: ${errors.map(({ message }) => message).join(" ")}`, folds);
    } catch {
      if (!mine.signal.aborted) show(form, SILENT, {});
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void update(), WAIT_MS);
  });
}

/** Keeps what a form means up to date while it is filled in. */
export function showMeanings(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-preview]")) {
    watch(form, form.dataset.preview ?? "");
  }
}
