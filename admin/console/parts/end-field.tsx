import { timeZoneProblem } from "../../../shared/hours.ts";
import type { EndValues } from "../expiry.ts";
import { TextField } from "./fields.tsx";

/** The id of the field of a typed end, of which a page has one at most. */
export const END_FIELD_ID = "expires-at";

/** When something shall end, as a date and a time: of UTC, or where the script runs, of the viewer's zone. */
export function EndField({ values, error }: { values: EndValues; error: string | null }) {
  const { expiresAt, expiresZone } = values;
  // Of a zone that isn't known here no time can be told: what the error asks for is one of UTC.
  const zone = timeZoneProblem(expiresZone) === null ? expiresZone : "";
  return (
    <>
      <TextField
        id={END_FIELD_ID}
        name="expiresAt"
        label={`Date and time, in ${zone || "UTC"}`}
        error={error}
        input={{ type: "datetime-local", value: expiresAt, autocomplete: "off" }}
      />
      <input type="hidden" name="expiresZone" value={zone} />
    </>
  );
}
