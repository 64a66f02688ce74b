import { z } from "@hono/zod-openapi";
import { PROVIDERS } from "../../shared/providers.ts";
import { typedTokenProblem } from "../../shared/token.ts";

// The single fields of the owner's input. `schemas.ts` puts them together.

const MAX_LABEL = 80;
const MAX_NOTE = 500;
const MAX_PAGE = 200;

/** The message for a value of the wrong kind; a missing one gets its own. */
export const expecting = (kind: string) => ({
  error: ({ input }: { input?: unknown }) =>
    input === undefined ? "This field is missing." : `This has to be ${kind}.`,
});
/** The message for a value that isn't one of a few. */
export const oneOf = (values: readonly string[]) => expecting(`one of ${values.join(", ")}`);

/** An object in which every field is known: what isn't understood is refused, not skipped over. */
export const input = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape, "Send one JSON object.");

/** A text. */
export const text = () => z.string(expecting("text"));
/** Whether a text is one line without what can make it look like another: control characters and direction marks. */
export const isPlainLine = (value: string): boolean => value.isWellFormed() && !/[\p{Cc}\p{Bidi_Control}]/u.test(value);
const isPlainText = (value: string): boolean => value.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(value);

/**
 * A line of text that the owner calls something by.
 *
 * @param what for its errors, e.g. `label`
 * @param most characters
 */
export const oneLine = (what: string, most: number) =>
  text()
    .trim()
    .normalize("NFC")
    .min(1, `A ${what} can't be empty.`)
    .max(most, `A ${what} has at most ${most} characters.`)
    .refine(isPlainLine, `A ${what} is one line of text without control characters.`);

/** What the owner calls a token. */
export const label = oneLine("label", MAX_LABEL).openapi({
  description: "What the owner calls the token. Unique among tokens that aren't deleted.",
  example: "alice",
});

/** What the owner wants to remember of a token; an empty one is none. */
export const note = text()
  .trim()
  .max(MAX_NOTE, `A note has at most ${MAX_NOTE} characters.`)
  .refine(isPlainText, "A note is text without control characters.")
  .nullable()
  .transform((value) => (value === "" ? null : value))
  .openapi({ description: "Anything the owner wants to remember." });

/** One provider. */
export const provider = z.enum(PROVIDERS, oneOf(PROVIDERS));

/** A token's providers, put into the order of `PROVIDERS`. */
export const providers = z
  .array(provider, expecting("a list of providers"))
  .min(1, `Name at least one of ${PROVIDERS.join(", ")}.`)
  .refine((list) => new Set(list).size === list.length, "Name each provider once.")
  // One order, so that a change of order alone is no change.
  .transform((list) => PROVIDERS.filter((one) => list.includes(one)))
  .openapi({ description: "What the token may be used for.", example: ["openai", "anthropic"] });

/** A time to come: RFC 3339 in, ms since 1970 out. */
export const expiresAt = z.iso
  .datetime({ offset: true, ...expecting("a time like 2027-01-31T18:00:00Z, with its offset from UTC") })
  .transform((value) => Date.parse(value))
  .refine((time) => time > Date.now(), "This time is past. Choose one to come.")
  .nullable()
  .openapi({ description: "When the token stops working, RFC 3339; null: never." });

/** A secret typed by the owner. No message repeats it. */
export const secret = text()
  .superRefine((value, context) => {
    const problem = typedTokenProblem(value);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  })
  .openapi({ description: "A secret typed by the owner; left out: one is made.", minLength: 16, maxLength: 256 });

const MAX_GRACE_SECONDS = 30 * 24 * 60 * 60;

/** How long old secrets go on working beside a new one. */
export const graceSeconds = z
  .int(expecting("a whole number of seconds"))
  .min(0, "A grace can't be negative.")
  .max(MAX_GRACE_SECONDS, `A grace has at most ${MAX_GRACE_SECONDS} seconds, which is 30 days.`)
  .default(0)
  .openapi({ description: "How long the old secrets go on working; 0: they end with the new one's coming." });

/**
 * The place where a page ended.
 *
 * @param decode reads it; null where it isn't one
 */
export const cursorOf = <T extends object | number>(decode: (value: string) => T | null) =>
  text()
    .transform((value, context) => {
      const decoded = decode(value);
      if (decoded !== null) return decoded;
      context.addIssue({ code: "custom", message: "Take the cursor from the next of an earlier answer." });
      return z.NEVER;
    })
    .optional()
    .openapi({ type: "string", description: "The next of the page before." });

/** How many rows a page has. */
export const limit = z.coerce
  .number(expecting("a whole number"))
  .int("This has to be a whole number.")
  .min(1, "A page has at least 1 row.")
  .max(MAX_PAGE, `A page has at most ${MAX_PAGE} rows.`)
  .default(50)
  .openapi({ type: "integer", minimum: 1, maximum: MAX_PAGE, default: 50 });
