import type { ClientBlock } from "../../../shared/client-blocks.ts";

/** How to set up each client, one at a time: opening one closes the other. */
export function ClientBlocks({ blocks }: { blocks: readonly ClientBlock[] }) {
  return (
    <div class="clients">
      {blocks.map(({ id, title, steps }, index) => (
        <details name="client" id={`client-${id}`} open={index === 0}>
          <summary>{title}</summary>
          {steps.map(({ note, text }) => (
            <>
              <p class="hint">{note}</p>
              <div class="copyable lines">
                <pre>
                  <code data-copy={`for ${title}`}>{text}</code>
                </pre>
              </div>
            </>
          ))}
        </details>
      ))}
    </div>
  );
}
