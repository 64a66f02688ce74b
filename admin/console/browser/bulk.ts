const EVERY_MS = 2_000;
const NUMBER = new Intl.NumberFormat("en-US");

/** What `GET /api/tokens/bulk/{id}` answers, as far as it is shown. */
interface Told {
  bulk: { done: number; skipped: number; failed: number; stopped: number; endedAt: string | null };
}

async function read(id: string): Promise<Told["bulk"] | null> {
  try {
    const answer = await fetch(`/api/tokens/bulk/${encodeURIComponent(id)}`);
    return answer.ok ? ((await answer.json()) as Told).bulk : null;
  } catch {
    return null;
  }
}

/** Keeps the numbers of an action on many tokens up to date, and loads the page again when it is over. */
export function followBulk(root: ParentNode): void {
  const panel = root.querySelector<HTMLElement>("[data-bulk]");
  const id = panel?.dataset["bulk"];
  if (panel === null || id === undefined) return;
  const look = async (): Promise<void> => {
    const told = document.hidden ? null : await read(id);
    if (told !== null) {
      const counts = { ...told, over: told.done + told.skipped + told.failed };
      for (const element of panel.querySelectorAll<HTMLElement>("[data-count]")) {
        const count: unknown = Object.entries(counts).find(([name]) => name === element.dataset["count"])?.[1];
        if (typeof count === "number") element.textContent = NUMBER.format(count);
      }
      if (told.endedAt !== null) return location.reload();
    }
    setTimeout(() => void look(), EVERY_MS);
  };
  setTimeout(() => void look(), EVERY_MS);
}
