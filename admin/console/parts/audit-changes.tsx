import type { Child } from "hono/jsx";
import { isProvider } from "../../../shared/providers.ts";
import { shownChanges } from "../../audit/shapes.ts";
import type { AuditChanges, AuditValue } from "../../registry/reports.ts";
import { EMPTY_WORDS, FIELD_NAMES, TIME_FIELDS, VALUE_WORDS } from "../audit-words.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { Ending } from "./time.tsx";

/** A longer text is folded, in characters. */
const LONG = 160;
/** What is seen of a folded one, in characters. */
const SEEN = 80;

/** A percentage stays in one line. */
const nameOf = (value: string): string => (isProvider(value) ? PROVIDER_NAMES[value] : value.replace(/ %$/, "\u00a0%"));

function Folded({ text }: { text: string }) {
  if (text.length <= LONG) return <>{text}</>;
  return (
    <details class="folded">
      <summary>{`${text.slice(0, SEEN).trimEnd()} …`}</summary>
      <span class="note">{text}</span>
    </details>
  );
}

/** A time, which some lines of the log have as RFC 3339; undefined: it is none. */
function timeFrom(value: AuditValue): number | null | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : value;
  return ms === null || (typeof ms === "number" && !Number.isNaN(ms)) ? ms : undefined;
}

/** What a field holds, in words. */
export function FactValue({ field, value }: { field: string; value: AuditValue }) {
  const time = TIME_FIELDS.has(field) ? timeFrom(value) : undefined;
  if (time !== undefined) return <Ending ms={time} />;
  if (value === null) return <>{EMPTY_WORDS[field] ?? "none"}</>;
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    return <Folded text={names.join(names.some((name) => name.includes(",")) ? "; " : ", ")} />;
  }
  return <Folded text={VALUE_WORDS[`${field}: ${value}`] ?? String(value)} />;
}

function Part({ word, field, items }: { word: string; field: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <>
      {" "}
      {word} <FactValue field={field} value={[...items]} />
    </>
  );
}

/** A list that changed: what came and what went, since the rest stayed. */
function ListChange({ field, before, after }: { field: string; before: readonly string[]; after: readonly string[] }) {
  const added = after.filter((one) => !before.includes(one));
  const removed = before.filter((one) => !after.includes(one));
  if (added.length + removed.length === 0) return <Part word="in the order" field={field} items={after} />;
  return (
    <>
      <Part word="added" field={field} items={added} />
      {added.length > 0 && removed.length > 0 && ";"}
      <Part word="removed" field={field} items={removed} />
    </>
  );
}

function Change({ field, before, after }: { field: string } & AuditChanges[string]): Child {
  if (Array.isArray(before) && Array.isArray(after)) return <ListChange field={field} before={before} after={after} />;
  return (
    <>
      {" "}
      {before !== null && (
        <>
          <FactValue field={field} value={before} /> →{" "}
        </>
      )}
      <FactValue field={field} value={after} />
    </>
  );
}

/** What an action changed: what it was, and what it is. */
export function AuditChangeList({ changes }: { changes: AuditChanges }) {
  const fields = Object.entries(shownChanges(changes));
  if (fields.length === 0) return <>–</>;
  return (
    <ul class="plain">
      {fields.map(([field, { before, after }]) => (
        <li>
          <span class="field-name">{FIELD_NAMES[field] ?? field}:</span>
          <Change field={field} before={before} after={after} />
        </li>
      ))}
    </ul>
  );
}
