import type { Finding } from "../../overview/attention.ts";
import { number } from "../amounts.ts";
import { findingWords } from "../attention-words.ts";
import { Time } from "./time.tsx";

function Named({ finding }: { finding: Finding }) {
  const { tokens } = findingWords(finding);
  const others = "count" in finding ? finding.count - tokens.length : 0;
  return (
    <>
      {tokens.map(({ id, label }, index) => (
        <>
          {index > 0 && ", "}
          <a href={`/tokens/${id}`}>{label}</a>
        </>
      ))}
      {tokens.length > 0 && others > 0 && ` and ${number(others)} more`}
    </>
  );
}

function Line({ finding }: { finding: Finding }) {
  const { level, text, href, more, at, tokens } = findingWords(finding);
  return (
    <li class={level}>
      <a class="what" href={href}>
        {text}
      </a>
      {(more !== "" || tokens.length > 0) && (
        <span class="more">
          {more}
          {at !== null && (
            <>
              {" "}
              <Time ms={at} />
            </>
          )}
          <Named finding={finding} />
        </span>
      )}
    </li>
  );
}

/** What needs the owner's attention, the most urgent first. */
export function Attention({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return <p class="hint">Nothing needs your attention.</p>;
  return (
    <section class="panel attention" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      <ul class="plain">
        {findings.map((finding) => (
          <Line finding={finding} />
        ))}
      </ul>
    </section>
  );
}
