import type { PolicyName } from "../../../shared/record.ts";
import type { FieldError } from "../../api/problem.ts";
import type { BulkPreview } from "../../registry/bulk-types.ts";
import { counted, number } from "../amounts.ts";
import type { BulkAsked, ExtendValues } from "../bulk-forms.ts";
import { BULK_WORDS } from "../list-words.ts";
import { BulkFields, bulkFieldId } from "../parts/bulk-fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary, Warning } from "../parts/message.tsx";
import { Meaning, PreviewButton } from "../parts/preview.tsx";
import { address } from "../parts/table.tsx";

/** As many KV keys as Cloudflare's free plan lets be written in a day. */
const FREE_WRITES = 1_000;

const CONSEQUENCES: Record<BulkAsked["action"], string> = {
  disable: "Every request with them is refused, until you enable them again.",
  enable: "Requests with them are let through again. Tokens that aren't disabled stay as they are.",
  extend: "Tokens that never expire stay as they are.",
  policy: "What a token follows decides what it may be used for, from now on.",
  delete: "They will never work again, for anybody who holds them. This can't be undone.",
};

interface BulkPageProps {
  asked: BulkAsked;
  preview: BulkPreview;
  policies: readonly PolicyName[];
  extend: ExtendValues;
  policy: string;
  /** What the form of an extension means; null: something in it isn't right yet, or it is another action. */
  sentence: string | null;
  errors: readonly FieldError[];
}

/** Where the form of an extension is told what it means. */
const PREVIEW = "/tokens/bulk/preview";

/** The address of the list that the owner came from. */
const listOf = ({ filter }: BulkAsked): string => address("/tokens", filter);

function Which({ preview: { total, labels }, all }: { preview: BulkPreview; all: boolean }) {
  const more = total - labels.length;
  return (
    <>
      <p>{all ? "All that match the filter now:" : "Those that you selected:"}</p>
      <ul>
        {labels.map((label) => (
          <li class="address">{label}</li>
        ))}
        {more > 0 && <li>and {counted(more, "other token")}</li>}
      </ul>
    </>
  );
}

function Publishing({ total }: { total: number }) {
  if (total <= FREE_WRITES) return null;
  return (
    <Warning>
      <p>
        The gateway is told of each token one by one, which takes some minutes for so many. KV needs at least{" "}
        {number(total)} writes for it, and Cloudflare's free plan allows {number(FREE_WRITES)} a day: there the rest
        waits for the next days. The gateway itself doesn't wait for KV.
      </p>
    </Warning>
  );
}

function Hidden({ asked, total }: { asked: BulkAsked; total: number }) {
  const { action, all, ids, filter } = asked;
  const fields: [string, string][] = [
    ["action", action],
    ["expect", String(total)],
    ...(all ? [["all", "yes"] as [string, string]] : ids.map((id): [string, string] => ["id", id])),
    ...Object.entries(filter).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  ];
  return (
    <>
      {fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

/** Asks whether it shall really be done to so many tokens, and how. */
export function BulkPage({ asked, preview, policies, extend, policy, sentence, errors }: BulkPageProps) {
  const isExtension = asked.action === "extend";
  const [choice] = BULK_WORDS[asked.action];
  const title = `${choice}: ${counted(preview.total, "token")}`;
  return (
    <Layout title={errors.length > 0 ? `Error: ${title}` : title} section="tokens">
      <div class="narrow">
        <h1>{title}</h1>
        <ErrorSummary errors={errors} idOf={bulkFieldId} />
        <p>{CONSEQUENCES[asked.action]}</p>
        <Which preview={preview} all={asked.all} />
        <Publishing total={preview.total} />
        <form method="post" action="/tokens/bulk" data-preview={isExtension ? PREVIEW : undefined}>
          <Hidden asked={asked} total={preview.total} />
          <BulkFields
            action={asked.action}
            total={preview.total}
            policies={policies}
            extend={extend}
            policy={policy}
            errors={errors}
          />
          {isExtension && <Meaning sentence={sentence} />}
          <div class="actions">
            <button class={asked.action === "delete" ? "button danger" : "button primary"} type="submit">
              {choice}
            </button>
            {isExtension && <PreviewButton previewAt={PREVIEW} />}
            <a class="button quiet" href={listOf(asked)}>
              Back to the list
            </a>
          </div>
        </form>
      </div>
    </Layout>
  );
}

/** Says that nothing is selected. */
export function NothingSelectedPage({ asked }: Pick<BulkPageProps, "asked">) {
  return (
    <Layout title="No token is selected" section="tokens">
      <div class="narrow">
        <h1>No token is selected</h1>
        <p>Select some tokens in the list, or choose all that match its filter.</p>
        <a class="button" href={listOf(asked)}>
          Back to the list
        </a>
      </div>
    </Layout>
  );
}
