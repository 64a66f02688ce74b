import { isProvider } from "../../../shared/providers.ts";
import type { AuditChanges, AuditValue } from "../../registry/reports.ts";
import { EMPTY_WORDS, FIELD_NAMES } from "../audit-words.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { Ending } from "./time.tsx";

/** What a field holds, in words. */
export function FactValue({ field, value }: { field: string; value: AuditValue }) {
  if (field === "expiresAt" && (value === null || typeof value === "number")) return <Ending ms={value} />;
  if (value === null) return <>{EMPTY_WORDS[field] ?? "none"}</>;
  if (Array.isArray(value)) {
    const names = value.map((one) => (isProvider(one) ? PROVIDER_NAMES[one] : one));
    return <>{names.join(names.some((name) => name.includes(",")) ? "; " : ", ")}</>;
  }
  return <>{String(value)}</>;
}

/** What an action changed: what it was, and what it is. */
export function AuditChangeList({ changes }: { changes: AuditChanges }) {
  const fields = Object.entries(changes);
  if (fields.length === 0) return <>–</>;
  return (
    <ul class="plain">
      {fields.map(([field, { before, after }]) => (
        <li>
          <span class="field-name">{FIELD_NAMES[field] ?? field}:</span>{" "}
          {before !== null && (
            <>
              <FactValue field={field} value={before} /> →{" "}
            </>
          )}
          <FactValue field={field} value={after} />
        </li>
      ))}
    </ul>
  );
}
