import type { PropsWithChildren } from "hono/jsx";
import type { FieldError } from "../../api/problem.ts";

// What a page begins with after an action takes the focus, so that nobody has to look for it: a screen reader reads it, and
// the next Tab goes on from there and not from the top of the page.
const FIRST = { tabindex: -1, autofocus: true } as const;

/** What came of the action before this page. */
export function Notice({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <output class="message good" {...FIRST}>
      {text}
    </output>
  );
}

/** Something that the owner should know. */
export function Warning({ children }: PropsWithChildren) {
  return <div class="message warn">{children}</div>;
}

interface ErrorSummaryProps {
  /** None: no summary. */
  errors: readonly FieldError[];
  /** The id of a field's input, from the field's name; null where the field has none. */
  idOf: (field: string) => string | null;
  /** What that means; left out: of a form that saves something. */
  title?: string;
}

/** All that is wrong with a form, at the top of the page, each with a link to its field. */
export function ErrorSummary({ errors, idOf, title = "Nothing was saved yet" }: ErrorSummaryProps) {
  if (errors.length === 0) return null;
  return (
    <div class="message bad" role="alert" {...FIRST}>
      <h2>{title}</h2>
      <ul>
        {errors.map(({ field, message }) => {
          const id = idOf(field);
          return <li>{id === null ? message : <a href={`#${id}`}>{message}</a>}</li>;
        })}
      </ul>
    </div>
  );
}
