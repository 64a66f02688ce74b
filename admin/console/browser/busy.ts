const SLOW_MS = 3000;
/** After this the owner may try again: perhaps the network is gone. */
const GIVEN_UP_MS = 20_000;

const ON_ITS_WAY = "aria-busy";

function release(form: HTMLFormElement): void {
  form.removeAttribute(ON_ITS_WAY);
  form.querySelector(".slow")?.remove();
}

/** Says that it goes on, where the answer takes its time. A screen reader reads it out. */
function addSlowWords(form: HTMLFormElement): void {
  if (!form.hasAttribute(ON_ITS_WAY)) return;
  const words = document.createElement("output");
  words.className = "slow";
  form.append(words);
  // Only what changes within a live region is read.
  words.textContent = "Still working. This takes longer than usual.";
}

/**
 * Marks a form as busy from when it is sent until its answer is there, and stops a second click from sending it twice. The
 * buttons stay as they are: a button that is disabled sends no value, and loses the focus.
 */
export function guardForms(root: Document): void {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
    if (form.hasAttribute(ON_ITS_WAY)) {
      event.preventDefault();
      return;
    }
    form.setAttribute(ON_ITS_WAY, "true");
    setTimeout(addSlowWords, SLOW_MS, form);
    setTimeout(release, GIVEN_UP_MS, form);
  });
  // A page that comes back from the browser's memory is as it was when it was left.
  addEventListener("pageshow", () => root.querySelectorAll<HTMLFormElement>(`form[${ON_ITS_WAY}]`).forEach(release));
}
