import type { PropsWithChildren } from "hono/jsx";
import type { FieldError } from "../../api/problem.ts";
import { type FoldName, FOLDS, type FoldWords, isInFold, isOpenFold } from "../folds.ts";

interface FoldProps {
  name: FoldName;
  words: FoldWords;
  errors: readonly FieldError[];
}

/** A part of the form that opens by a click, and says what is set in it; where something is set or wrong, it is open from the start. */
export function Fold({ name, words, errors, children }: PropsWithChildren<FoldProps>) {
  const open = isOpenFold(name, words[name]) || errors.some(({ field }) => isInFold(name, field));
  return (
    <details class="part" open={open}>
      <summary>
        {FOLDS[name].title}: <span data-fold={name}>{words[name] ?? "…"}</span>
      </summary>
      {children}
    </details>
  );
}
