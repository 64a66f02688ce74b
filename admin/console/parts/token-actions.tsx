import type { TokenView } from "../../registry/types.ts";

interface ActionsProps {
  token: TokenView;
}

interface DoProps {
  /** Where it is sent to. */
  action: string;
  title: string;
  /** The id of what says more about it. */
  about: string;
  primary?: boolean;
}

function Do({ action, title, about, primary = false }: DoProps) {
  return (
    <form method="post" action={action}>
      <button class={primary ? "button primary" : "button"} type="submit" aria-describedby={about}>
        {title}
      </button>
    </form>
  );
}

function Consequences({ disabled }: { disabled: boolean }) {
  if (disabled) {
    return (
      <p class="hint" id="about-switch">
        The token is disabled: every request with it is refused. Enable it to let its holder go on.
      </p>
    );
  }
  return (
    <p class="hint">
      <span id="about-switch">
        Disabling refuses every request and ends what is open, everywhere within a second, until you enable the token
        again.
      </span>{" "}
      <span id="about-streams">Ending open streams cuts off only what is on its way now.</span>
    </p>
  );
}

/** All that can be done to a token: at once what can be undone, and the way to the page of what needs more than a click. */
export function TokenActions({ token }: ActionsProps) {
  const { id, status } = token;
  const disabled = status === "disabled";
  const to = (name: string): string => `/tokens/${id}/${name}`;
  return (
    <section class="deeds" aria-label="Actions">
      <div class="row-of-deeds">
        {disabled && <Do action={to("enable")} title="Enable" about="about-switch" primary />}
        <a class="button" href={to("edit")}>
          Edit
        </a>
        {!disabled && <Do action={to("disable")} title="Disable" about="about-switch" />}
        <a class="button" href={to("rotate")}>
          Rotate …
        </a>
        <a class="button" href="#claim">
          Claim link
        </a>
        {!disabled && <Do action={to("end-streams")} title="End open streams" about="about-streams" />}
        <a class="button danger" href={to("delete")}>
          Delete …
        </a>
      </div>
      <Consequences disabled={disabled} />
    </section>
  );
}
