import type { PropsWithChildren } from "hono/jsx";

interface MeaningProps {
  /** Null: something in the form isn't right yet. */
  sentence: string | null;
}

/** What the form means, as it stands: the script keeps it up to date. */
export function Meaning({ sentence }: MeaningProps) {
  return (
    <div class="meaning">
      <p class="sub">What it means</p>
      <output data-meaning>{sentence ?? "It shows here as soon as what is entered is right."}</output>
    </div>
  );
}

interface PreviewButtonProps {
  /** Where a browser without scripts has the form shown again, with what it means. */
  previewAt: string;
}

/** Has the form shown again with what it means, where no script keeps that up to date. */
export function PreviewButton({ previewAt }: PreviewButtonProps) {
  return (
    <noscript>
      <button class="button" type="submit" formaction={previewAt} formnovalidate>
        Preview
      </button>
    </noscript>
  );
}

interface SubmitRowProps extends MeaningProps, PreviewButtonProps {
  button: string;
}

/** The end of a form: what it means, and the button that does it; the children are further ones. */
export function SubmitRow({ sentence, button, previewAt, children }: PropsWithChildren<SubmitRowProps>) {
  return (
    <div class="submit">
      <Meaning sentence={sentence} />
      <div class="actions">
        <button class="button primary" type="submit">
          {button}
        </button>
        <PreviewButton previewAt={previewAt} />
        {children}
      </div>
    </div>
  );
}

/**
 * What Enter in a field presses: the form's first button. Without it that were a preset, which fills the form anew.
 * Nobody sees it.
 */
export function DefaultButton({ children }: PropsWithChildren) {
  return (
    <button class="unseen" type="submit" tabindex={-1} aria-hidden="true">
      {children}
    </button>
  );
}
