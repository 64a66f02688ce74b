interface FirstStepsProps {
  /** Whether a provider key is set; null: not known. */
  hasKeys: boolean | null;
}

/** What a new owner does next. */
export function FirstSteps({ hasKeys }: FirstStepsProps) {
  return (
    <section class="panel first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">Three steps to the first request</h2>
      <ol>
        <li>
          {hasKeys === true && <p>A provider key is set.</p>}
          {hasKeys === false && (
            <p>
              Give the gateway a key of OpenAI, Anthropic or Google Gemini.{" "}
              <a href="/keys">How to set a provider key</a>
            </p>
          )}
          {hasKeys === null && (
            <p>See that the gateway is there: it doesn't answer now, and it holds the provider keys.</p>
          )}
        </li>
        <li>
          <p>Create a token for a person or an app.</p>
          <p>
            <a class="button primary" href="/tokens/new">
              Create the first token
            </a>
          </p>
        </li>
        <li>
          <p>Hand it over: the page after it has what each client needs, and tests it with a real request.</p>
        </li>
      </ol>
    </section>
  );
}
