import type { PropsWithChildren } from "hono/jsx";
import type { FieldError } from "../../api/problem.ts";

/** What came of the action before this page. */
export function Notice({ text }: { text: string | null }) {
  if (text === null) return null;
  return <output class="message good">{text}</output>;
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
}

/** All that is wrong with a form, at the top of the page, each with a link to its field. */
export function ErrorSummary({ errors, idOf }: ErrorSummaryProps) {
  if (errors.length === 0) return null;
  return (
    <div class="message bad" role="alert" tabindex={-1} data-focus>
      <h2>Nothing was saved yet</h2>
      <ul>
        {errors.map(({ field, message }) => {
          const id = idOf(field);
          return <li>{id === null ? message : <a href={`#${id}`}>{message}</a>}</li>;
        })}
      </ul>
    </div>
  );
}
